"""Shipping options."""

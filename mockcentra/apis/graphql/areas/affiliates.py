"""Affiliates."""

"""Suppliers and the variants that they deliver."""

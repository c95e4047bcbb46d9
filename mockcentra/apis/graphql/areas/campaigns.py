"""Campaigns: prices of a market for a time, and the variants that are in them."""

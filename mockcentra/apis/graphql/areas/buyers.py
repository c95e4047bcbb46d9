"""Buyers: the people who order for accounts."""

"""Accounts, their addresses and discounts; the companies that order wholesale."""

"""Vouchers, their groups and the codes of groups."""

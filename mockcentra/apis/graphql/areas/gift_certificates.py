"""Generators of gift certificates."""

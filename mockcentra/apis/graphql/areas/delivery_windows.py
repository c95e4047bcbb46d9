"""Delivery windows and their groups: when which variants are sold and delivered to accounts."""

"""Subscription plans with their variants, contracts and the subscriptions of customers."""

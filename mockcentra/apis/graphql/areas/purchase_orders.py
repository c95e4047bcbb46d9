"""Purchase orders, their deliveries, and what accepting them brings."""

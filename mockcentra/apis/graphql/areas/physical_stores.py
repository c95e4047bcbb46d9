"""Brick and mortars: the physical stores."""

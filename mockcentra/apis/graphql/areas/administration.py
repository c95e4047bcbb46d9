"""Users of the administration, and what the shop is set up with."""

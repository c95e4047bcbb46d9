"""Size localizations."""

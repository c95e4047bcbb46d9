"""Changes of stock as they were made, line by line."""

"""Reports read from real databases."""

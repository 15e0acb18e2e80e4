"""Following topics on one's phones."""

"""Exceptions a view may leave with."""
FAILURES = {}

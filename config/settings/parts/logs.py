"""Logs: one line of JSON per event on standard output."""

LOGGING: dict[str, object] = {"version": 1, "disable_existing_loggers": False}

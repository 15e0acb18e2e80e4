"""The baseline of the lists (plain.py), as a server loads it."""

from benchmarks.with_django import served

application = served("benchmarks.plain_settings")

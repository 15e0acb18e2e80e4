"""Bringing another shop's history in: the rules of its files, and writing old orders."""

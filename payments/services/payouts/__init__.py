"""Paying out what is owed: drafted, approved, sent, paid."""

"""Customers as files of rows."""

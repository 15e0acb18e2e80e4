"""Products and orders as files of rows."""

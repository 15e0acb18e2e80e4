"""Orders in and out of files: a row a line, an order all its rows."""

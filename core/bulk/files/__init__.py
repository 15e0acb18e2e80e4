"""Files of rows: what kind one is, and reading and writing it row by row in little memory."""

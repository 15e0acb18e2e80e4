"""Products in and out of files: a row a variant, a product all its rows."""

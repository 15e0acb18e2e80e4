"""The books: double entry, what stands in them, and which entries a payment makes."""

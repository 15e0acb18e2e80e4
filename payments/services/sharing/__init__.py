"""A paid total shared out among those whose money it is, and taken back when it goes back."""

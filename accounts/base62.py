"""Base 62: letters and digits only, so that a double click selects the whole key."""

import string

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def encode(number: int, *, width: int) -> str:
    """`number` in base 62, filled up with zeros. Raises ValueError when it needs more digits."""
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    if len(text) > width:
        raise ValueError(f"{width} digits of base 62 are too few.")
    return text.rjust(width, "0")

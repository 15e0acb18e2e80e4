"""JSON that keeps numbers as they were written: Decimal in, the same digits out."""

import json
from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")


class ExactEncoder(json.JSONEncoder):
    """Decimals become JSON numbers with all their digits; floats would drift."""

    def encode(self, o: Any) -> str:
        """The JSON text."""
        return _encoder.encode(o).decode()


class ExactDecoder(json.JSONDecoder):
    """Numbers with a point come back as Decimal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(parse_float=Decimal, **kwargs)

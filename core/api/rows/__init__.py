from core.api.rows.columns import Column, Fill, filled, made, money
from core.api.rows.expand import Many, One
from core.api.rows.rows import Rows

__all__ = ["Column", "Fill", "Many", "One", "Rows", "filled", "made", "money"]

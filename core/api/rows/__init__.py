from core.api.rows.columns import Column, made, money
from core.api.rows.expand import Many, One
from core.api.rows.rows import Rows

__all__ = ["Column", "Many", "One", "Rows", "made", "money"]

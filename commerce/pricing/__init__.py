"""What things cost: pure functions over money, no database.

Sums are made line by line in minor units, so that the parts of an order always add up to its
total, in whatever order its lines come.
"""

from commerce.pricing.quote import Delivery, Goods, LineQuote, Quote, make_quote
from commerce.pricing.sums import PricedLine, Totals, add_up

__all__ = [
    "Delivery",
    "Goods",
    "LineQuote",
    "PricedLine",
    "Quote",
    "Totals",
    "add_up",
    "make_quote",
]

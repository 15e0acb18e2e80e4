"""What commerce does when news arrives, a file an idea. Old orders coming in tell nobody."""

from commerce.subscribers import (
    cancelled,
    carts,
    changed_lines,
    parts,
    payments,
    prices,
    refunds,
    returns,
    shares,
    stock,
    telling_buyers,
    telling_of_rates,
    telling_of_stock,
    telling_vendors,
    vendors,
)

__all__ = [
    "cancelled",
    "carts",
    "changed_lines",
    "parts",
    "payments",
    "prices",
    "refunds",
    "returns",
    "shares",
    "stock",
    "telling_buyers",
    "telling_of_rates",
    "telling_of_stock",
    "telling_vendors",
    "vendors",
]

"""Stock: received, counted, moved, held for orders, sold, shipped, given back.

Every change is a movement (movements.py); from where an order is served says commerce/sourcing.py.
"""

from commerce.services.stock.holds import (
    Promise,
    expire_holds,
    free_by_variant,
    hold_again,
    promise,
    reserve,
)
from commerce.services.stock.movements import OutOfStock
from commerce.services.stock.sales import (
    allocate_stock,
    release_stock,
    sell_anew,
    ship_stock,
    unship_stock,
)
from commerce.services.stock.shelves import (
    correct_stock,
    count_stock,
    receive_stock,
    set_limits,
    take_in_again,
    transfer_stock,
)

__all__ = [
    "OutOfStock",
    "Promise",
    "allocate_stock",
    "correct_stock",
    "count_stock",
    "expire_holds",
    "free_by_variant",
    "hold_again",
    "promise",
    "receive_stock",
    "release_stock",
    "reserve",
    "sell_anew",
    "set_limits",
    "ship_stock",
    "take_in_again",
    "transfer_stock",
    "unship_stock",
]

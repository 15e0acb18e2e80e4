"""How the orders of the made-up shop went: more of late, most arrive, some do not."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.enums import OrderStatus

S = OrderStatus
ARRIVED = (S.CONFIRMED, S.PROCESSING, S.SHIPPED, S.OUT_FOR_DELIVERY, S.DELIVERED)
HOURS_AFTER = {
    S.CONFIRMED: (0.02, 0.5), S.PROCESSING: (1, 20), S.SHIPPED: (4, 40),
    S.OUT_FOR_DELIVERY: (30, 90), S.DELIVERED: (2, 9), S.CANCELLED: (1, 30),
}  # fmt: skip
CARRIERS = ("DHL", "UPS", "La Poste", "Japan Post", "Royal Mail")


@dataclass(frozen=True, slots=True)
class Step:
    """A status, and when it was reached."""

    status: OrderStatus
    at: datetime


def placed_times(chance: random.Random, *, count: int, now: datetime, days: int) -> list[datetime]:
    """`count` moments of the last `days` days, oldest first: growing, quiet at night."""
    times = []
    for _ in range(count):
        back = days * (1 - chance.random() ** 0.75)
        day = now - timedelta(days=back)
        hour = min(23, max(0, int(chance.gauss(14, 4))))
        moment = day.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
        times.append(min(moment, now - timedelta(minutes=chance.randint(2, 90))))
    return sorted(times)


def story(chance: random.Random, placed_at: datetime, now: datetime) -> list[Step]:
    """The steps an order has taken by now; what would lie in the future has not happened."""
    luck = chance.random()
    if luck < 0.06:
        path: tuple[OrderStatus, ...] = (S.CANCELLED,)
    elif luck < 0.10:
        path = ()
    elif luck < 0.13:
        path = (S.CONFIRMED, S.CANCELLED)
    else:
        path = ARRIVED
    steps = []
    at = placed_at
    for status in path:
        at += timedelta(hours=chance.uniform(*HOURS_AFTER[status]))
        if at > now:
            break
        steps.append(Step(status, at))
    return steps

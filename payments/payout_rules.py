"""From which amount money is paid out, and up to which one person may approve it."""

from core.money import Money, exponent

# In whole units. Below it a bank's fee eats too much of it.
LEAST = {"JPY": 1_500, "KRW": 13_000, "INR": 800, "NGN": 15_000, "KES": 1_300, "KWD": 3, "BHD": 3}
LEAST_ELSEWHERE = 10
# Above it somebody else than the drafter approves.
ALONE = {"JPY": 75_000, "KRW": 650_000, "INR": 40_000, "NGN": 750_000, "KES": 65_000, "KWD": 150}
ALONE_ELSEWHERE = 500


def least(currency: str) -> Money:
    """The smallest payout in a currency."""
    return _whole(LEAST.get(currency, LEAST_ELSEWHERE), currency)


def alone_up_to(currency: str) -> Money:
    """The largest payout whose drafter may approve it."""
    return _whole(ALONE.get(currency, ALONE_ELSEWHERE), currency)


def _whole(units: int, currency: str) -> Money:
    return Money(units * 10 ** exponent(currency), currency)

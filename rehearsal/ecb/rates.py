"""Made-up rates that are always the same: a currency and a day decide them, nothing else.

They wander about a real order of magnitude, less than one percent a day, and end where the real
ones ended (the rouble in 2022, the kuna and the lev with the euro).
"""

from __future__ import annotations

import math
from datetime import date
from zlib import crc32

# What a euro is about, and the digits the bank writes.
CURRENCIES: dict[str, tuple[float, int]] = {
    "USD": (1.085, 4), "JPY": (162.3, 2), "BGN": (1.9558, 4), "CZK": (25.1, 3), "DKK": (7.46, 4),
    "GBP": (0.853, 5), "HUF": (395.0, 2), "PLN": (4.31, 4), "RON": (4.974, 4), "SEK": (11.4, 4),
    "CHF": (0.961, 4), "ISK": (149.5, 2), "NOK": (11.7, 4), "HRK": (7.53, 4), "RUB": (85.0, 4),
    "TRY": (35.2, 4), "AUD": (1.648, 4), "BRL": (5.83, 4), "CAD": (1.482, 4), "CNY": (7.82, 4),
    "HKD": (8.46, 4), "IDR": (17350.0, 2), "ILS": (4.02, 4), "INR": (90.4, 4), "KRW": (1474.0, 2),
    "MXN": (19.6, 4), "MYR": (5.05, 4), "NZD": (1.783, 4), "PHP": (62.7, 3), "SGD": (1.457, 4),
    "THB": (38.9, 3), "ZAR": (19.9, 4),
}  # fmt: skip
LAST_DAY = {"RUB": date(2022, 3, 1), "HRK": date(2022, 12, 30), "BGN": date(2025, 12, 31)}
PEGGED = {"BGN", "DKK"}


def figure(currency: str, day: date) -> str | None:
    """What the file says a euro is, as text; None when the currency is not quoted that day."""
    if day > LAST_DAY.get(currency, day):
        return None
    about, digits = CURRENCIES[currency]
    return f"{about * _factor(currency, day):.{digits}f}"


def _factor(currency: str, day: date) -> float:
    if currency in PEGGED:
        return 1.0
    number = day.toordinal()
    start = crc32(currency.encode()) % 1000
    slow = 0.06 * math.sin((number + start) / 290.0)
    quick = 0.025 * math.sin((number + 3 * start) / 37.0)
    noise = (crc32(f"{currency}{number}".encode()) % 2001 - 1000) / 1000 * 0.002
    return 1.0 + slow + quick + noise

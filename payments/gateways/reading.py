"""Reading what gateways write: JSON of strangers, in kinds that our tables can keep.

What is alike at all gateways. How each of them writes amounts, times and ids beyond that is told in
the `reading.py` of its own folder.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeGuard, TypeVar
from uuid import UUID

import structlog

from core.errors import Invalid
from core.money import MAX_MINOR, Money, MoneyError
from payments.gateways.interface import GatewayError, GatewayPayment, Seen
from payments.gateways.minor_units import from_gateway

logger = structlog.get_logger(__name__)

Raw = dict[str, Any]
T = TypeVar("T")
LONGEST_WORD = 500  # characters
LAST_MOMENT = 2**33  # Unix seconds; what is later is no time
TELLING = (Seen.CAPTURED, Seen.PROCESSING, Seen.OPEN, Seen.FAILED, Seen.EXPIRED)


class Unreadable(ValueError):
    """Fields we need are missing or of another kind."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Whatever is wrong with `what` inside is Unreadable."""
    try:
        yield
    except (
        KeyError, IndexError, TypeError, AttributeError, ValueError, Invalid, MoneyError,
    ) as error:  # fmt: skip
        raise Unreadable(f"{what}: {error!r}") from error


@contextmanager
def answer_of(gateway: str) -> Iterator[None]:
    """What is read inside was answered to a call of ours: raises GatewayError for Unreadable."""
    try:
        yield
    except Unreadable as error:
        raise GatewayError(f"{gateway}'s answer cannot be read: {error}", retryable=True) from error


def readable_ones(gateway: str, rows: Iterable[Raw], reader: Callable[[Raw], T]) -> Iterator[T]:
    """What of a list can be read. Others use the account too, with currencies we do not book: one
    of theirs must not end the list. One of ours that is passed over shows as missing there."""
    for raw in rows:
        try:
            yield reader(raw)
        except Unreadable as error:
            logger.error(f"{gateway}.passed_over", ref=raw.get("id"), error=str(error))  # noqa: TRY400


def most_telling(seen: GatewayPayment) -> int:
    """The key to sort by: paid before on its way before open before the rest."""
    return TELLING.index(seen.state)


def amount_of(gateway: str, number: Any, currency: Any) -> Money:
    """Our amount for the gateway's number. Raises Unreadable, Invalid."""
    if type(number) is not int or not isinstance(currency, str):
        raise Unreadable(f"{number!r} {currency!r} is no amount.")
    found = from_gateway(gateway, number, currency)
    if abs(found.minor) > MAX_MINOR:
        raise Unreadable(f"{number} {currency} is more than we book.")
    return found


def unix_moment(seconds: Any) -> datetime | None:
    """A time in whole seconds since 1970, UTC; None for what is none."""
    usable = type(seconds) is int and 0 < seconds < LAST_MOMENT
    return datetime.fromtimestamp(seconds, UTC) if usable else None


def word(value: Any) -> str:
    """Text that PostgreSQL can keep and look up; "" for everything else."""
    return value if _is_word(value) else ""


def named(value: Any) -> str:
    """An id or address that must be there. Raises Unreadable."""
    if not value or not _is_word(value):
        raise Unreadable(f"{value!r} is no id.")
    return value


def named_if_any(value: Any) -> str:
    """An id or address that may be missing (""). One that is there must be one: Unreadable."""
    return named(value) if value else ""


def said(words: Any, longest: int = LONGEST_WORD) -> str:
    """The gateway's own words for people, as far as they can be kept."""
    return str(words or "").replace("\x00", "")[:longest]


def flag(value: Any) -> bool:
    """True or false and nothing else. Raises Unreadable."""
    if not isinstance(value, bool):
        raise Unreadable(f"{value!r} is neither true nor false.")
    return value


def our_id(written: Any) -> UUID | None:
    """An id of ours that the gateway kept, unless somebody changed it there."""
    try:
        return UUID(written) if written else None
    except (ValueError, AttributeError, TypeError):
        return None


def _is_word(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= LONGEST_WORD and "\x00" not in value

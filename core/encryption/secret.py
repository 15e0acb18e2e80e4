"""A text that does not show itself."""

import hmac
from typing import NoReturn

MASK = "••••••••"


class Secret:
    """A password, key or token in memory: logs, error reports and pages get a mask.

    The value comes out by `reveal()` only, so that each place that needs it can be found.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself. Hand it on to what needs it; keep it out of variables that live on."""
        return self._value

    def __str__(self) -> str:
        return MASK if self._value else ""

    def __repr__(self) -> str:
        return f"<Secret {self}>"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        """Compare in constant time, with another secret or a plain text."""
        if not isinstance(other, Secret | str):
            return NotImplemented
        theirs = other.reveal() if isinstance(other, Secret) else other
        return hmac.compare_digest(self._value.encode(), theirs.encode())

    __hash__ = None  # type: ignore[assignment]  # a set of secrets would leak by lookup time

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not pickled: it would end up in a cache or a message.")

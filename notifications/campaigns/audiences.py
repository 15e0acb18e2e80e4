"""Whom a campaign can be for. Floors above register theirs: this one knows only users.

An audience chooses rows by filters that staff fill in, and names five columns of each person:
its own id, the login's id or NULL, the address, the language, the name.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet

from core.errors import Invalid

COLUMNS = ("to_person", "to_user", "to_address", "to_language", "to_name")


@dataclass(frozen=True, slots=True)
class Filter:
    """One question of an audience; an empty answer leaves it out."""

    name: str
    label: str
    kind: Literal["text", "date", "amount", "choices", "flag"] = "text"
    choices: Sequence[tuple[str, str]] = ()
    help: str = ""


class Audience(ABC):
    """Some people to choose from."""

    name: str
    label: str
    filters: tuple[Filter, ...]

    @abstractmethod
    def chosen(self, given: Mapping[str, Any]) -> QuerySet[Any]:
        """Those who fit, as a queryset annotated with COLUMNS. Raises Invalid naming the filter.

        `given` holds answers as text, by the filter's name.
        """

    def check(self, given: Mapping[str, Any]) -> None:
        """Raises Invalid for a filter nobody knows, or an answer that cannot be meant."""
        known = {one.name for one in self.filters}
        if unknown := sorted(set(given) - known):
            raise Invalid(
                "The audience cannot be chosen.", details={name: ["Unknown."] for name in unknown}
            )
        self.chosen(given)


AUDIENCES: dict[str, Audience] = {}


def register(audience: Audience) -> None:
    """Offer an audience to campaigns."""
    AUDIENCES[audience.name] = audience


def audience_called(name: str) -> Audience:
    """Raises Invalid."""
    if name not in AUDIENCES:
        known = ", ".join(AUDIENCES)
        raise Invalid("There is no such audience.", details={"audience": [f"One of: {known}."]})
    return AUDIENCES[name]

"""What an errand is: one proper request, and what it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Thing:
    """Stands for the id (or token, or address) of something in the world."""

    name: str


@dataclass(frozen=True)
class Errand:
    """`places` name the things in the path; `Thing`s in the body become their ids.

    `who` does it with success; `status` is what that is answered.
    """

    operation: str  # "POST /api/v1/carts/{token}/items/", as in the document
    status: int = 200
    who: str = "manager"
    places: Mapping[str, Thing] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    query: str = ""
    idempotent: bool = False
    gateway: bool = False  # asks the gateway, so that success needs one
    file: tuple[str, bytes] | None = None  # name and content: sent as a form, in its field "file"

    @property
    def method(self) -> str:
        """GET, POST ..."""
        return self.operation.split()[0]

    @property
    def path(self) -> str:
        """With {placeholders}."""
        return self.operation.split()[1]

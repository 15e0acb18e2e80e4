"""What upper floors know of a user, shown on the user's page. They register it:

    @user_panel
    def choices(user: User) -> Panel: ...

Panels run under the reader's identity.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled table, and where more of it is. Cells are escaped text or safe HTML."""

    title: str
    headers: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    url: str = ""
    link: str = "Show all"

    @property
    def table(self) -> dict[str, Any]:
        """As the table component wants it."""
        return {"headers": self.headers, "rows": self.rows}


MakePanel = Callable[[User], Panel]
_panels: dict[str, MakePanel] = {}


def user_panel(make: MakePanel) -> MakePanel:
    """Show what `make` returns on every user's page."""
    _panels[f"{make.__module__}.{make.__qualname__}"] = make
    return make


def panels_of(user: User) -> list[Panel]:
    """All panels, in the order they were registered."""
    return [make(user) for make in _panels.values()]

"""What upper floors know of a customer, shown on the customer's page.

This floor does not know what an order is. Whoever does registers a panel:

    @customer_panel
    def orders(customer: Customer) -> Panel:
        rows = [[order.number, order.status, str(order.total)] for order in ...[:10]]
        return Panel(title="Orders", headers=["Number", "Status", "Total"], rows=rows)

Panels run under the reader's identity: what the reader may not see is not in them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crm.models import Customer


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled table. Cells are escaped text, or safe HTML such as links."""

    title: str
    headers: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    all_url: str = ""  # where the whole list is
    empty: str = "Nothing yet."

    @property
    def table(self) -> dict[str, Any]:
        """As the table component wants it."""
        return {"headers": self.headers, "rows": self.rows}


MakePanel = Callable[[Customer], Panel]
_panels: dict[str, MakePanel] = {}


def customer_panel(make: MakePanel) -> MakePanel:
    """Show what `make` returns on every customer's page."""
    _panels[f"{make.__module__}.{make.__qualname__}"] = make
    return make


def panels_of(customer: Customer) -> list[Panel]:
    """All panels, in the order they were registered."""
    return [make(customer) for make in _panels.values()]

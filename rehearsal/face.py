"""What every face of the rehearsal has in common.

A face is one outside service. A new one is a folder with a class like this, named in `faces.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from starlette.routing import BaseRoute

from rehearsal.faults import Faults
from rehearsal.journal import Entry, Journal
from rehearsal.mail.postbox import Postbox
from rehearsal.outbox import Outbox
from rehearsal.settings import Settings


@dataclass(slots=True)
class World:
    """What the faces share."""

    settings: Settings
    journal: Journal
    base_url: str
    smtp_address: str
    faults: Faults = field(default_factory=Faults)
    postbox: Postbox = field(init=False)

    def __post_init__(self) -> None:
        self.postbox = Postbox(self.journal)


@dataclass(frozen=True, slots=True)
class Doorplate:
    """How a face is shown on the start page: facts are (label, value), links are (label, path)."""

    title: str
    purpose: str
    facts: list[tuple[str, str]]
    links: list[tuple[str, str]]


class Face:
    """One outside service; the defaults of this class are "has none of this"."""

    slug: ClassVar[str]

    def __init__(self, world: World) -> None:
        self.world = world
        self.outbox: Outbox | None = None

    def routes(self) -> list[BaseRoute]:
        """What is served under /<slug>, with faults applied."""
        return []

    def page_routes(self) -> list[BaseRoute]:
        """Pages for people, served from the root, never faulty."""
        return []

    def control_routes(self) -> list[BaseRoute]:
        """What is served under /control/<slug>."""
        return []

    def restore(self, entry: Entry) -> None:
        """Take back one of this face's journal lines."""

    def clear(self) -> None:
        """Forget everything."""

    def end_faults(self) -> None:
        """End the faults that are this face's own."""

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        raise NotImplementedError

    def overview(self) -> dict[str, Any]:
        """Counts for the control API."""
        return {}

    async def start(self) -> None:
        """Begin background work, inside the running loop."""
        if self.outbox is not None:
            await self.outbox.start()

    async def stop(self) -> None:
        """End background work."""
        if self.outbox is not None:
            await self.outbox.stop()

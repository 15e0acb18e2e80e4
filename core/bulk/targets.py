"""What can be brought in and taken out. Each floor registers its own in `<floor>/bulk/`.

A target says which columns it knows, which rows belong together, and writes a batch of them
in the caller's transaction. When that transaction is kept, when a batch is tried row by row,
and who is told how far it is, is the engine's business (core/bulk/jobs).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet

from core.bulk.columns import Column, RowRefused, read_cells
from core.bulk.harmless import as_it_was
from core.enums import BulkOutcome
from core.errors import NotFound

Changes = dict[str, list[Any]]  # column to [from, to], as texts people read


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a file: its number there, its cells by column, and what they were read as."""

    number: int
    cells: Mapping[str, str]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are written together or not at all."""

    key: str
    rows: Sequence[SourceRow]


@dataclass(slots=True)
class Verdict:
    """What became of a group. `rows` says otherwise for single ones of it (left out, and why)."""

    outcome: BulkOutcome
    reason: str = ""
    changes: Changes = field(default_factory=dict)
    rows: dict[int, tuple[BulkOutcome, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """Something a target asks about a whole file or a whole export."""

    name: str
    label: str
    help: str = ""
    default: str = ""
    choices: Callable[[], list[tuple[str, str]]] | None = None
    required: bool = False
    is_flag: bool = False


class Importer(ABC):
    """One target at work on one file. Lives as long as one worker holds the job."""

    @abstractmethod
    def carry_out(self, groups: Sequence[Group]) -> list[Verdict]:
        """Write these groups in the caller's transaction, one verdict each, in their order.

        What is wrong with one group is its verdict. An exception undoes the whole batch: the
        engine then comes again with one group at a time and takes the exception's words.
        """

    def undone(self) -> None:  # noqa: B027  - most have nothing to forget
        """What the last `carry_out` made was taken back."""

    def confirm(self) -> None:  # noqa: B027
        """The batch has been committed: what it made may be relied on."""


class Target(ABC):
    """One kind of row. The methods for a direction a target does not take stay as they are."""

    name: ClassVar[str]
    label: ClassVar[str]
    one: ClassVar[str]  # what a group is called: "order"
    imports: ClassVar[bool] = True
    exports: ClassVar[bool] = True
    admin_model: ClassVar[str] = ""  # "crm.customer": its list's filters can be taken over
    batch: ClassVar[int] = 500

    @abstractmethod
    def columns(self) -> list[Column]:
        """All it knows at present; custom fields and currencies among them."""

    def import_options(self) -> list[Option]:
        """What it asks about a file."""
        return []

    def export_options(self) -> list[Option]:
        """By what an export can be narrowed."""
        return []

    def check_options(  # noqa: B027
        self, columns: Mapping[str, str], options: Mapping[str, Any]
    ) -> None:
        """Raises Invalid when the file could not be meant, before any row is looked at."""

    def key(self, cells: Mapping[str, str], options: Mapping[str, Any]) -> str:
        """What rows that belong together have in common. Raises RowRefused without it."""
        raise NotImplementedError

    def read(
        self, columns: Mapping[str, Column], cells: Mapping[str, str], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The values of a row. Raises RowRefused."""
        return read_cells(columns, cells, empty_clears=options.get("empty") == "clear")

    def importer(
        self, options: Mapping[str, Any], rows: Callable[[], Iterator[SourceRow]], source: str
    ) -> Importer:
        """Begin. `rows()` walks the whole file; `source` names the job in movements and notes."""
        raise NotImplementedError

    def chosen(self, options: Mapping[str, Any]) -> QuerySet[Any]:
        """The rows to export that the acting identity may see, in a stable order."""
        raise NotImplementedError

    def lines(self, ids: Sequence[UUID], columns: Sequence[Column]) -> Iterator[list[Any]]:
        """The cells of these, a few queries for all of them."""
        raise NotImplementedError


TARGETS: dict[str, Target] = {}


def register(target: Target) -> Target:
    """Make a target known. Called from each floor's `AppConfig.ready`."""
    TARGETS[target.name] = target
    return target


def target_called(name: str) -> Target:
    """The target of this name. Raises NotFound naming those there are."""
    try:
        return TARGETS[name]
    except KeyError:
        known = ", ".join(sorted(TARGETS))
        raise NotFound(f"{name!r} is none of: {known}.") from None


def by_name(columns: Sequence[Column]) -> dict[str, Column]:
    """Columns by their names."""
    return {column.name: column for column in columns}


def needed(cells: Mapping[str, str], name: str, label: str) -> str:
    """One cell that a key is made of. Raises RowRefused when it is empty."""
    text = " ".join(as_it_was(cells.get(name, "")).split())
    if not text:
        raise RowRefused(f"{label} is needed.")
    return text

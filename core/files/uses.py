"""Who points to files. Each floor says so once, so that the sweep knows what is in use.

    declare_use("commerce.ProductMedia", "file", live=Q(removed_at__isnull=True), owner="product")

`live` tells rows that are in use from those that only wait to be put back; the latter go with
their file. The foreign key (PROTECT) is the database's own guard.
"""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet


@dataclass(frozen=True, slots=True)
class Use:
    """A column that points to files."""

    label: str
    field: str
    live: Q
    owner: str = ""  # the relation that leads to what staff would look at

    @property
    def model(self) -> type[Model]:
        """Whose column it is."""
        return apps.get_model(self.label)

    def rows(self, file_id: UUID | OuterRef) -> QuerySet[Model]:
        """All rows that point to the file."""
        return self.model._meta.base_manager.filter(**{self.field: file_id})

    def live_rows(self, file_id: UUID | OuterRef) -> QuerySet[Model]:
        """Those that are in use."""
        return self.rows(file_id).filter(self.live)


MOST_SHOWN = 20
USES: dict[tuple[str, str], Use] = {}


def declare_use(label: str, field: str, *, live: Q | None = None, owner: str = "") -> None:
    """Say that `label` ("app.Model") points to files; without `live` every row of it counts."""
    USES[label, field] = Use(label, field, live or Q(), owner)


def is_in_use(file_id: UUID) -> bool:
    """Whether any row that counts points to the file."""
    return any(use.live_rows(file_id).exists() for use in USES.values())


def owners_of(file_id: UUID) -> list[Model]:
    """What uses the file, as staff would look at it."""
    return [
        getattr(row, use.owner) if use.owner else row
        for use in USES.values()
        for row in use.live_rows(file_id)[:MOST_SHOWN]
    ]


def in_use() -> Q:
    """The same as a condition on a query of files."""
    condition = Q(pk__in=[])
    for use in USES.values():
        condition |= Q(Exists(use.live_rows(OuterRef("pk"))))
    return condition


def forget_rows_waiting(file_id: UUID) -> None:
    """Delete rows that only waited to be put back. Call it with the file locked and not in use."""
    for use in USES.values():
        use.rows(file_id).exclude(use.live).delete()

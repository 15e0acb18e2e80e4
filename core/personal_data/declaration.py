"""What is personal in which table: said once, beside the model, read by everybody who must know.

Each floor declares its models in `<floor>/personal_data.py`, imported by `AppConfig.ready()`:

    from core.personal_data import Fate, declare

    declare(
        "crm.Customer",
        customer="id", user="user_id", email="email",       # how a person's rows are found
        fields={"name": Fate.EMPTY, "email": Fate.EMPTY, "country": Fate.KEEP},
        not_personal=["external_platform"],                   # looks personal, is not
    )

The export, the erasure and the merge walk these declarations; a test walks them too and fails
when a declared table has no row-level security, or a field that looks personal is not declared
(tests/architecture/test_row_security.py).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.db import models


class Fate(StrEnum):
    """What becomes of a value when its person is forgotten."""

    KEEP = "keep"  # the law or the books ask for it, or it names nobody without the rest
    EMPTY = "empty"  # NULL or "", whichever the column takes
    PSEUDONYMISE = "pseudonymise"  # replaced by a value that names nobody
    DELETE = "delete"  # the whole row goes


@dataclass(frozen=True, slots=True)
class Declaration:
    """The personal data of one model."""

    label: str  # "crm.Customer"
    customer: str = ""  # the lookup by which rows of a customer are found
    user: str = ""  # ... of a login
    email: str = ""  # ... of an address
    fields: Mapping[str, Fate] | None = None
    not_personal: frozenset[str] = frozenset()
    unprotected: str = ""  # why the table has no row-level security

    @property
    def model(self) -> type[models.Model]:
        """The model itself. Raises LookupError for a label nobody has."""
        return apps.get_model(self.label)

    @property
    def holds_personal_data(self) -> bool:
        """Whether the table needs row-level security."""
        return bool(self.fields)

    @property
    def known_fields(self) -> frozenset[str]:
        """All fields somebody has thought about."""
        return frozenset(self.fields or ()) | self.not_personal


_declared: dict[str, Declaration] = {}


def declare(
    label: str,
    *,
    customer: str = "",
    user: str = "",
    email: str = "",
    fields: Mapping[str, Fate] | None = None,
    not_personal: Collection[str] = (),
    unprotected: str = "",
) -> Declaration:
    """Say what is personal in the model `label` ("app.Model").

    `unprotected` is the reason why a table with personal data has no row-level security; there
    are few of them, and a test keeps their list. Raises ValueError when declared twice.
    """
    if label in _declared:
        raise ValueError(f"The personal data of {label} are declared twice.")
    made = Declaration(label, customer, user, email, fields, frozenset(not_personal), unprotected)
    _declared[label] = made
    return made


def declarations() -> list[Declaration]:
    """All declarations, in a stable order."""
    return [_declared[label] for label in sorted(_declared)]


def declaration_of(model: type[models.Model]) -> Declaration:
    """What was said about `model`; an empty declaration where nobody said anything."""
    return _declared.get(model._meta.label, Declaration(model._meta.label))

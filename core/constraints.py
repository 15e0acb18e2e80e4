"""Database constraints written once. `choices=` alone is a form hint that SQL ignores."""

from django.db import models
from django.db.models import CheckConstraint, Q


def choice_is_known(
    field: str, choices: type[models.TextChoices], *, table: str
) -> CheckConstraint:
    """The column holds one of `choices`, also when raw SQL writes it."""
    return CheckConstraint(
        name=f"{table}_{field}_known", condition=Q(**{f"{field}__in": list(choices.values)})
    )


def not_negative(field: str, *, table: str) -> CheckConstraint:
    """The number is zero or more."""
    return CheckConstraint(name=f"{table}_{field}_gte_0", condition=Q(**{f"{field}__gte": 0}))

"""People named by their ids, before anything is written about them."""

from collections.abc import Sequence
from uuid import UUID

from accounts.models import User
from core.errors import Invalid
from core.identity import acting_as_system

SHOWN = 10


def check_known(user_ids: Sequence[UUID]) -> None:
    """Raises Invalid naming the ids that no active user has."""
    with acting_as_system("known people"):
        active = User.objects.filter(pk__in=user_ids, is_active=True)
        known = set(active.values_list("pk", flat=True))
    if missing := sorted(set(user_ids) - known, key=str):
        told = ", ".join(str(one) for one in missing[:SHOWN])
        raise Invalid("Some are unknown.", details={"users": [f"No such person: {told}."]})

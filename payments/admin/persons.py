"""Staff by their names, where rows keep only who it was."""

from uuid import UUID

from accounts.models import User


def person(user_id: UUID | None) -> str:
    """Their name; "The house" where nobody is named, the id of whoever is gone."""
    if user_id is None:
        return "The house"
    return str(User.objects.filter(pk=user_id).first() or user_id)

"""Keeping and forgetting views of lists."""

from uuid import UUID

from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, NotFound
from core.models import SavedView

MOST_VIEWS = 30  # of one person, of one list: more are found no faster than by filtering
LONGEST_NAME = 60
LONGEST_QUERY = 2000


@transaction.atomic
def keep_view(*, user_id: UUID, table: str, name: str, query: str, is_shared: bool) -> SavedView:
    """Save a view of `table` ("commerce.order").

    `query` is what stands behind the `?`. Raises Invalid for an empty or long name or nothing to
    save, Conflict when the person has one of this name or very many.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(
            f"Give the view a name of at most {LONGEST_NAME} characters.",
            details={"name": [f"1 to {LONGEST_NAME} characters."]},
        )
    if not query:
        raise Invalid(
            "Filter, search or sort first: a view keeps what you chose.",
            details={"query": ["Nothing is filtered."]},
        )
    if len(query) > LONGEST_QUERY:
        raise Invalid("That is too much to keep.", details={"query": ["Too long."]})
    if SavedView.objects.filter(user_id=user_id, table=table).count() >= MOST_VIEWS:
        raise Conflict(f"You have {MOST_VIEWS} views of this list. Forget one first.")
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                user_id=user_id, table=table, name=name, query=query, is_shared=is_shared
            )
    except IntegrityError:
        raise Conflict(f"You have a view called “{name}”.", details={"name": ["Taken."]}) from None


@transaction.atomic
def forget_view(*, view_id: UUID, user_id: UUID, may_share: bool) -> SavedView:
    """Take a view away: one's own, or one for everybody by those who may share.

    Returns what it was. Raises NotFound, also for what is somebody else's.
    """
    view = SavedView.objects.filter(pk=view_id).first()
    if view is None or not (view.user_id == user_id or (view.is_shared and may_share)):
        raise NotFound("There is no such view.")
    SavedView.objects.filter(pk=view_id).delete()
    return view

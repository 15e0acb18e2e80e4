"""The staff's own thread on an order. The buyer's note is the order's `notes` and another thing."""

from uuid import UUID

from django.db import transaction

from commerce.models import Order, OrderNote
from core.errors import Invalid, NotFound
from core.identity import current_identity

MOST_CHARACTERS = 4000


@transaction.atomic
def add_note(*, order_id: UUID, text: str) -> OrderNote:
    """Write a line under an order, as whoever is acting. Notes are not changed afterwards.

    Raises NotFound for an order the caller cannot see, Invalid for an empty or endless one.
    """
    text = text.strip()
    if not text or len(text) > MOST_CHARACTERS:
        raise Invalid(
            "Write a note.", details={"text": [f"Between 1 and {MOST_CHARACTERS} characters."]}
        )
    if not Order.objects.filter(pk=order_id).exists():
        raise NotFound("There is no such order.")
    return OrderNote.objects.create(
        order_id=order_id, author_id=current_identity().user_id, text=text
    )

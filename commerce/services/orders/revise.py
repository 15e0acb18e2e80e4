"""Staff correct an order that was placed: with a reason, and with what stood there before.

What was paid is not rewritten: its receipt has been written. Goods of a paid order go back by
cancelling their part or by a return (docs/decisions/0062).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from commerce import locks
from commerce.addresses import Address
from commerce.enums import OrderStatus
from commerce.models import Order, OrderRevision
from core.audit import record_audit
from core.errors import Conflict, Invalid
from core.identity import acting_as_system, current_identity
from payments.services.contact import write_to

BEFORE_IT_IS_SENT = (OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.PROCESSING)
ADDRESSES = ("shipping_address", "billing_address")
FIELDS = (*ADDRESSES, "email", "language", "notes", "carrier", "tracking_number")


@transaction.atomic
def revise_order(
    *, order_id: UUID, revision: int, reason: str, changes: Mapping[str, Any]
) -> Order:
    """Change addresses (as Address), email, language, the buyer's notes or the parcel of an order.

    `revision` is the one the caller read: when somebody was quicker, Conflict says what they
    changed. Raises Invalid without a reason or for what is no e-mail address, NotFound, Conflict
    for an address of what is in the post already. A form that changes nothing writes nothing.
    """
    if not reason.strip():
        raise Invalid("Say why.", details={"reason": ["A change of an order needs a reason."]})
    order = locks.lock_order(order_id)
    refuse_stale(order, revision)
    wanted = {name: _as_stored(name, value) for name, value in changes.items()}
    before = {name: getattr(order, name) for name in wanted}
    changed = [name for name in wanted if wanted[name] != before[name]]
    if not changed:
        return order
    if any(name in ADDRESSES[:1] for name in changed) and order.status not in BEFORE_IT_IS_SENT:
        raise Conflict(
            f"{order.number} is {order.get_status_display().lower()}: it goes where it was sent."
        )
    for name in changed:
        setattr(order, name, wanted[name])
    if "shipping_address" in changed:
        order.country = order.shipping_address["country"]
    write_revision(
        order,
        reason=reason,
        before={name: before[name] for name in changed},
        after={name: wanted[name] for name in changed},
    )
    order.save(update_fields=[*changed, "country", "revision", "updated_at"])
    if order.email and {"email", "language"} & set(changed):
        _tell_payments(order)
    return order


def _tell_payments(order: Order) -> None:
    """Receipts of what is, or was, paid for it go where its buyer is."""
    with acting_as_system("correct an order"):
        due = order.settlements.exclude(payment_id=None).values_list("payment_id", flat=True)
        ids = {order.payment_id, *due} - {None}
        write_to([pk for pk in ids if pk], email=order.email, language=order.language)


def refuse_stale(order: Order, revision: int) -> None:
    """The caller must have read the order as it is. Raises Conflict with what changed since."""
    if revision == order.revision:
        return
    since = list(order.revisions.filter(number__gt=revision).order_by("number"))
    names = sorted({name for one in since for name in one.after or {}})
    raise Conflict(
        f"Somebody changed {order.number} meanwhile: {', '.join(names) or 'look again'}.",
        details={
            "revision": order.revision,
            "changes": [
                {"revision": one.number, "reason": one.reason, "before": one.before,
                 "after": one.after}
                for one in since
            ],
        },
    )  # fmt: skip


def write_revision(
    order: Order, *, reason: str, before: dict[str, Any], after: dict[str, Any]
) -> OrderRevision:
    """The next line of a locked order's changes, and its audit entry; the caller saves the order.

    Personal values stand in the revision, which is erased with its person; the audit names fields.
    """
    order.revision += 1
    record_audit(
        action="order.revised",
        resource=order,
        details={"number": order.number, "reason": reason, "fields": sorted(after)},
    )
    return OrderRevision.objects.create(
        order=order,
        number=order.revision,
        actor_id=current_identity().user_id,
        reason=reason.strip(),
        before=before,
        after=after,
    )


def _as_stored(name: str, value: Any) -> Any:
    if name not in FIELDS:
        raise Invalid("That cannot be changed.", details={name: ["It stays as it was placed."]})
    if isinstance(value, Address):
        return value.as_json()
    if name == "shipping_address":
        raise Invalid("Say where it goes.", details={name: ["An address."]})
    if name == "email":
        try:
            validate_email(value)
        except ValidationError:
            raise Invalid("No e-mail address.", details={name: ["An e-mail address."]}) from None
    return value

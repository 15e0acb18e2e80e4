"""What a request may hold: names and kinds per call; what is not named here is refused.

Source: the "Parameters" of razorpay.com/docs/api; limits of receipt (40), notes (15 pairs of 256).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.razorpay.errors import RazorpayRefusal

Spec = Mapping[str, type]

LISTED: Spec = {"from": int, "to": int, "count": int, "skip": int}
ORDER: Spec = {
    "amount": int, "currency": str, "receipt": str, "notes": dict, "partial_payment": bool,
    "first_payment_min_amount": int,
}  # fmt: skip
LINK: Spec = {
    "amount": int, "currency": str, "accept_partial": bool, "first_min_partial_amount": int,
    "upi_link": bool, "description": str, "reference_id": str, "customer": dict, "expire_by": int,
    "notify": dict, "notes": dict, "callback_url": str, "callback_method": str,
    "reminder_enable": bool, "options": dict,
}  # fmt: skip
LINKS_LISTED: Spec = {**LISTED, "payment_id": str, "reference_id": str}
CAPTURE: Spec = {"amount": int, "currency": str}
REFUND: Spec = {"amount": int, "speed": str, "notes": dict, "receipt": str}
CUSTOMER: Spec = {
    "name": str, "email": str, "contact": str, "fail_existing": str, "gstin": str, "notes": dict,
}  # fmt: skip
PLAN: Spec = {"period": str, "interval": int, "item": dict, "notes": dict}
SUBSCRIPTION: Spec = {
    "plan_id": str, "total_count": int, "quantity": int, "start_at": int, "expire_by": int,
    "customer_notify": bool, "addons": list, "offer_id": str, "notes": dict,
}  # fmt: skip
CHANGE: Spec = {
    "plan_id": str, "offer_id": str, "quantity": int, "remaining_count": int, "start_at": int,
    "schedule_change_at": str, "customer_notify": bool,
}  # fmt: skip
CANCEL: Spec = {"cancel_at_cycle_end": bool}
PAUSE: Spec = {"pause_at": str}
RESUME: Spec = {"resume_at": str}

MOST_NOTES, LONGEST_NOTE, LONGEST_RECEIPT = 15, 256, 40
EARLIEST, LATEST = 946_684_800, 4_765_046_400  # what `from` and `to` may be


def checked(raw: Mapping[str, Any], spec: Spec, *required: str) -> dict[str, Any]:
    """The parameters, or Razorpay's refusal of the first thing that is wrong."""
    unknown = sorted(set(raw) - set(spec))
    if unknown:
        raise RazorpayRefusal(f"{', '.join(unknown)} is/are not required and should not be sent")
    for name in required:
        if raw.get(name) in (None, ""):
            said = f"The {name.replace('_', ' ')} field is required."
            raise RazorpayRefusal(said, field=name)
    for name, value in raw.items():
        if not isinstance(value, spec[name]) or (spec[name] is int and isinstance(value, bool)):
            raise RazorpayRefusal(f"The {name} has the wrong type.", field=name)
    _check_notes(raw.get("notes") or {})
    for name in ("receipt", "reference_id"):
        if len(raw.get(name) or "") > LONGEST_RECEIPT:
            raise RazorpayRefusal(
                f"The {name} may not be greater than {LONGEST_RECEIPT} characters.", field=name
            )
    return dict(raw)


def from_query(query: Mapping[str, str], spec: Spec) -> dict[str, Any]:
    """Parameters of a list, with numbers made of the texts of a query."""
    values: dict[str, Any] = {}
    for name, text in query.items():
        if spec.get(name) is int:
            if not text.isdecimal():
                raise RazorpayRefusal(f"{name} must be an integer", field=name)
            values[name] = int(text)
        else:
            values[name] = text
    for name in ("from", "to"):
        if name in values and not EARLIEST <= values[name] <= LATEST:
            raise RazorpayRefusal(f"{name} must be between {EARLIEST} and {LATEST}", field=name)
    return checked(values, spec)


def _check_notes(notes: dict[str, Any]) -> None:
    if len(notes) > MOST_NOTES:
        raise RazorpayRefusal(
            f"Number of fields in notes should be less than or equal to {MOST_NOTES}", field="notes"
        )
    for value in notes.values():
        if not isinstance(value, str | int) or len(str(value)) > LONGEST_NOTE:
            raise RazorpayRefusal(
                f"value: the length must not be greater than {LONGEST_NOTE}", field="notes"
            )

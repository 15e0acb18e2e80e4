"""Names of ours that Paystack keeps for us, and what we call a page there.

A reference can be used once at Paystack, whatever became of the first use, and one payment of ours
may need several pages. So a page is called "<our reference>.<the attempt's last eight digits>";
the whole is also said in the metadata, which Paystack does not give back everywhere.
"""

import hashlib
import re
from uuid import UUID

REFERENCE_KEY = "tradewind_reference"
ATTEMPT_KEY = "tradewind_attempt"
USER_KEY = "tradewind_user"
CANCEL_KEY = "cancel_action"  # Paystack's own: where its page leads those who go away

_PAGE = re.compile(r"(tw-[a-z2-7]{26})\.[0-9a-f]{8}")
_SUBSCRIPTION = re.compile(r"tws-[0-9a-f]{32}\.[0-9]{1,2}")
_REFUND = re.compile(r"tradewind-refund:([0-9a-f-]{36})")
LONGEST_NOTE = 200  # characters


def page_name(reference: str, attempt_id: UUID) -> str:
    """What the attempt's page is called at Paystack."""
    return f"{reference}.{attempt_id.hex[-8:]}"


def reference_in(page: str) -> str:
    """Our payment's reference in a page's name; "" when the page is not ours."""
    found = _PAGE.fullmatch(page)
    return found[1] if found else ""


def subscription_page(key: str, number: int) -> str:
    """What the page of a wish to subscribe is called, the `number`th try to open it."""
    return f"tws-{hashlib.sha256(key.encode()).hexdigest()[:32]}.{number}"


def is_subscription_page(page: str) -> bool:
    """Whether a transaction was begun at one of our subscription pages."""
    return _SUBSCRIPTION.fullmatch(page) is not None


def plan_note(price_id: UUID) -> str:
    """What a plan at Paystack says of itself, to be found again."""
    return f"tradewind-price:{price_id}"


def refund_note(refund_id: UUID, reason: str) -> str:
    """What the shop sees beside a refund at Paystack; our id in it finds it again."""
    return f"tradewind-refund:{refund_id} {reason}".strip()[:LONGEST_NOTE]


def refund_in(note: str) -> UUID | None:
    """The refund of ours that a note names."""
    found = _REFUND.search(note)
    try:
        return UUID(found[1]) if found else None
    except ValueError:
        return None

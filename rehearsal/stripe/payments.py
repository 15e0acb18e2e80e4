"""What happens with money at Stripe: a session is paid, declined, expires; a charge is refunded.

Every function changes the book and emits the events Stripe would. Nothing here knows HTTP.
"""

from __future__ import annotations

import secrets
import time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank, new_id
from rehearsal.stripe.currency import readable
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events

FEE_SHARE = Decimal("0.029")
FEE_FIXED_MINOR = 30
AVAILABLE_AFTER = 2 * 24 * 3600  # seconds until money is paid out

DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "doc_url": "https://docs.stripe.com/error-codes/card-declined",
    "message": "Your card was declined.",
    "type": "card_error",
}


def fee_of(amount: int) -> int:
    """Stripe's fee in smallest units: 2.9 % (half up) and 30."""
    share = (FEE_SHARE * amount).to_integral_value(rounding=ROUND_HALF_UP)
    return int(share) + FEE_FIXED_MINOR


class Payments:
    """The happenings, with the book they change and the events they cause."""

    def __init__(self, book: Book, events: Events) -> None:
        self.book = book
        self.events = events
        self._next_look = 0.0

    def pay(self, session: StripeObject, *, email: str | None, base_url: str) -> StripeObject:
        """The customer pays. Paying again changes nothing. Returns the session."""
        self._expire_if_due(session)
        if session["status"] != "open":
            return session
        intent = self._intent_for(session)
        charge = self._charge(session, intent, email, base_url)
        balance = self._balance(charge, kind="charge", amount=charge["amount"])
        charge["balance_transaction"] = balance["id"]
        intent.update(
            status="succeeded",
            amount_received=intent["amount"],
            latest_charge=charge["id"],
            payment_method=charge["payment_method"],
            last_payment_error=None,
        )
        session.update(
            status="complete",
            payment_status="paid",
            url=None,
            payment_intent=intent["id"],
            customer_details=self._details(session, email),
        )
        self.book.save(balance, charge, intent, session)
        self.events.emit("charge.succeeded", charge)
        self.events.emit("payment_intent.succeeded", intent)
        self.events.emit("checkout.session.completed", session)
        return session

    def decline(self, session: StripeObject, *, email: str | None, base_url: str) -> StripeObject:
        """The card is refused; the session stays open. Returns the session."""
        self._expire_if_due(session)
        if session["status"] != "open":
            return session
        intent = self._intent_for(session)
        charge = self._charge(session, intent, email, base_url)
        charge.update(
            status="failed",
            paid=False,
            captured=False,
            amount_captured=0,
            failure_code=DECLINED["code"],
            failure_message=DECLINED["message"],
            receipt_url=None,
            outcome={
                **charge["outcome"],
                "network_status": "declined_by_network",
                "reason": "generic_decline",
                "seller_message": "The bank did not return any further details with this decline.",
                "type": "issuer_declined",
            },
        )
        error = {**DECLINED, "charge": charge["id"]}
        intent.update(latest_charge=charge["id"], last_payment_error=error)
        session["payment_intent"] = intent["id"]
        self.book.save(charge, intent, session)
        self.events.emit("charge.failed", charge)
        self.events.emit("payment_intent.payment_failed", intent)
        return session

    def expire(self, session: StripeObject, *, cause: Cause = NO_REQUEST) -> StripeObject:
        """Close an open session for good; refuses sessions that are not open."""
        if session["status"] != "open":
            raise StripeRefusal(
                f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
                f"Session has a status of {session['status']}."
            )
        session.update(status="expired", url=None)
        self.book.save(session)
        self.events.emit("checkout.session.expired", session, cause=cause)
        return session

    def expire_due(self) -> None:
        """Expire every open session whose time is over; looks at most once a second."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + 1
        for session in list(self.book.where("checkout.session", status="open")):
            self._expire_if_due(session)

    def refund(
        self,
        charge: StripeObject,
        *,
        amount: int | None,
        values: dict[str, Any],
        cause: Cause = NO_REQUEST,
    ) -> StripeObject:
        """Give money back; refuses more than what is left. Returns the refund."""
        left = charge["amount_captured"] - charge["amount_refunded"]
        if charge["status"] != "succeeded":
            raise StripeRefusal(f"Charge {charge['id']} has not been paid.", param="charge")
        if left == 0:
            raise StripeRefusal(
                f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
            )
        wanted = left if amount is None else amount
        if wanted < 1:
            raise StripeRefusal(
                "Invalid positive integer", code="parameter_invalid_integer", param="amount"
            )
        if wanted > left:
            raise StripeRefusal(
                f"Refund amount ({readable(wanted, charge['currency'])}) is greater than unrefunded"
                f" amount on charge ({readable(left, charge['currency'])})",
                param="amount",
            )
        refund = blank(
            "refund",
            amount=wanted,
            charge=charge["id"],
            currency=charge["currency"],
            payment_intent=charge["payment_intent"],
            **values,
        )
        balance = self._balance(refund, kind="refund", amount=-wanted)
        refund["balance_transaction"] = balance["id"]
        before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
        charge["amount_refunded"] += wanted
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self.book.save(balance, refund, charge)
        self.events.emit("refund.created", refund, cause=cause)
        self.events.emit("charge.refunded", charge, previous=before, cause=cause)
        return refund

    def _expire_if_due(self, session: StripeObject) -> None:
        if session["status"] == "open" and session["expires_at"] <= time.time():
            self.expire(session)

    def _intent_for(self, session: StripeObject) -> StripeObject:
        """The session's PaymentIntent, made at the first try to pay."""
        if session["payment_intent"]:
            return self.book.get("payment_intent", session["payment_intent"])
        facts = self.book.private.get(session["id"], {}).get("payment_intent_data", {})
        intent_id = new_id("payment_intent")
        return blank(
            "payment_intent",
            id=intent_id,
            amount=session["amount_total"],
            currency=session["currency"],
            customer=session["customer"],
            client_secret=f"{intent_id}_secret_{secrets.token_urlsafe(18)}",
            metadata=dict(facts.get("metadata") or {}),
            description=facts.get("description"),
            receipt_email=facts.get("receipt_email"),
            statement_descriptor=facts.get("statement_descriptor"),
            statement_descriptor_suffix=facts.get("statement_descriptor_suffix"),
            transfer_group=facts.get("transfer_group"),
        )

    def _charge(
        self, session: StripeObject, intent: StripeObject, email: str | None, base_url: str
    ) -> StripeObject:
        charge_id = new_id("charge")
        charge = blank(
            "charge",
            id=charge_id,
            amount=intent["amount"],
            amount_captured=intent["amount"],
            captured=True,
            currency=intent["currency"],
            customer=intent["customer"],
            description=intent["description"],
            metadata=dict(intent["metadata"]),
            payment_intent=intent["id"],
            payment_method=new_id("payment_method"),
            receipt_email=intent["receipt_email"],
            receipt_url=f"{base_url}/stripe/receipts/{charge_id}",
        )
        details = self._details(session, email)
        charge["billing_details"].update(email=details["email"], name=details["name"])
        return charge

    def _details(self, session: StripeObject, email: str | None) -> dict[str, Any]:
        """`customer_details`: from the page, the session or the customer, in this order."""
        known: dict[str, Any] = {}
        if session["customer"]:
            known = self.book.tables.get("customer", {}).get(session["customer"], {})
        return {
            "address": known.get("address"),
            "business_name": None,
            "email": email or session["customer_email"] or known.get("email"),
            "individual_name": None,
            "name": known.get("name"),
            "phone": known.get("phone"),
            "tax_exempt": "none",
            "tax_ids": [],
        }

    def _balance(self, source: StripeObject, *, kind: str, amount: int) -> StripeObject:
        """The line on the account: Stripe keeps its fee on charges and does not give it back."""
        fee = fee_of(amount) if kind == "charge" else 0
        details = [
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        return blank(
            "balance_transaction",
            amount=amount,
            currency=source["currency"],
            fee=fee,
            fee_details=details if fee else [],
            net=amount - fee,
            source=source["id"],
            type=kind,
            reporting_category=kind,
            available_on=int(time.time()) + AVAILABLE_AFTER,
        )

"""Plans and what people subscribed to. Time passes by control: `renew`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal.paystack.book import Book, Row, code, moment, now, shown
from rehearsal.paystack.customers import brief
from rehearsal.paystack.errors import PaystackRefusal, not_found
from rehearsal.paystack.money import checked_amount
from rehearsal.paystack.transactions import Transactions, blank
from rehearsal.paystack.webhooks import Events

DAYS = {
    "hourly": 1, "daily": 1, "weekly": 7, "monthly": 30, "quarterly": 91, "biannually": 182,
    "annually": 365,
}  # fmt: skip


class Subscriptions:
    """Made when the first payment of a plan comes in."""

    def __init__(self, book: Book, transactions: Transactions, events: Events) -> None:
        self.book = book
        self.transactions = transactions
        self.events = events

    def plan(self, wanted: dict[str, Any]) -> Row:
        """A new plan."""
        if not wanted.get("name") or wanted.get("interval") not in DAYS:
            raise PaystackRefusal("Name and interval are required", code="invalid_params")
        amount, currency = checked_amount(wanted.get("amount"), wanted.get("currency") or "NGN")
        at = now()
        plan = {
            "id": self.book.new_id(),
            "name": wanted["name"],
            "plan_code": code("PLN_"),
            "description": wanted.get("description"),
            "amount": amount,
            "interval": wanted["interval"],
            "invoice_limit": 0,
            "send_invoices": True,
            "send_sms": True,
            "currency": currency,
            "integration": 100032,
            "domain": "test",
            "createdAt": at,
            "updatedAt": at,
        }
        self.book.save("plan", plan)
        return plan

    def create(self, wanted: dict[str, Any]) -> Row:
        """For a customer whose card is known (POST /subscription)."""
        customer = self.book.get("customer", wanted.get("customer") or "", "customer_code", "email")
        plan = self.book.get("plan", wanted.get("plan") or "", "plan_code")
        if not self._card_of(customer):
            raise PaystackRefusal("Customer has no saved authorizations", code="invalid_params")
        return self._begin(customer, plan, self._card_of(customer))

    def begun_by(self, paid: Row) -> Row | None:
        """The subscription that a payment of a plan begins; none for other payments."""
        if not paid["plan"] or any(self.book.where("subscription", _begun_by=paid["id"])):
            return None
        plan = self.book.get("plan", paid["plan"], "plan_code")
        customer = self.book.get("customer", paid["customer"]["id"])
        return self._begin(customer, plan, paid["authorization"], begun_by=paid["id"])

    def renew(self, subscription: Row, *, works: bool) -> Row:
        """A period passes: an invoice, a charge that works or not, the invoice again."""
        if subscription["status"] not in ("active", "attention"):
            raise PaystackRefusal(f"The subscription is {subscription['status']}.")
        invoice = self._invoice(subscription)
        subscription["open_invoice"] = invoice["invoice_code"]
        self.events.emit("invoice.create", self._told(invoice))
        if works:
            self._charge(subscription, invoice)
        else:
            subscription["status"] = "attention"
            subscription["most_recent_invoice"] = _in_subscription(invoice)
            self.book.save("subscription", subscription)
            self.events.emit("invoice.payment_failed", self._told(invoice))
        return subscription

    def disable(self, subscription: Row, token: str) -> Row:
        """Not charged again: what is paid lasts, the rest of it says subscription.not_renew."""
        self._check_token(subscription, token)
        if subscription["status"] in ("cancelled", "complete", "non-renewing"):
            raise not_found("Subscription")
        subscription.update(status="non-renewing", next_payment_date=None)
        self.book.save("subscription", subscription)
        self.events.emit("subscription.not_renew", self.shown(subscription))
        return subscription

    def enable(self, subscription: Row, token: str) -> Row:
        """Charged again."""
        self._check_token(subscription, token)
        subscription.update(status="active", next_payment_date=subscription["_period_end"])
        self.book.save("subscription", subscription)
        return subscription

    def end(self, subscription: Row) -> Row:
        """The last paid period is over."""
        if subscription["status"] not in ("cancelled", "complete"):
            status = "cancelled" if subscription["status"] == "non-renewing" else "complete"
            subscription.update(status=status, next_payment_date=None)
            self.book.save("subscription", subscription)
            self.events.emit("subscription.disable", self.shown(subscription))
        return subscription

    def warn(self, subscription: Row) -> Row:
        """The card expires this month; this event's data is a list."""
        card = subscription["authorization"]
        about = {
            "expiry_date": f"{card['exp_month']}/{card['exp_year']}",
            "description": f"{card['brand']} ending with {card['last4']}",
            "brand": card["brand"],
            "subscription": {
                name: subscription[name]
                for name in ("id", "subscription_code", "amount", "next_payment_date", "plan")
            },
            "customer": subscription["customer"],
        }
        self.events.emit("subscription.expiring_cards", [about])
        return subscription

    def shown(self, subscription: Row) -> Row:
        """As an event carries it."""
        return shown(subscription)

    def fetched(self, subscription: Row) -> Row:
        """As GET /subscription/:code shows it: with its invoices."""
        invoices = self.book.where("invoice", _subscription=subscription["id"])
        return shown(subscription) | {"invoices": [_in_subscription(one) for one in invoices]}

    def _begin(self, customer: Row, plan: Row, card: Any, begun_by: int = 0) -> Row:
        at = now()
        due = _later(at, plan["interval"])
        subscription = {
            "id": self.book.new_id(),
            "domain": "test",
            "status": "active",
            "subscription_code": code("SUB_"),
            "email_token": code(""),
            "amount": plan["amount"],
            "cron_expression": "0 0 28 * *",
            "next_payment_date": due,
            "open_invoice": None,
            "createdAt": at,
            "created_at": at,
            "integration": 100032,
            "plan": shown(plan),
            "authorization": card,
            "customer": brief(customer),
            "invoices": [],
            "invoices_history": [],
            "invoice_limit": 0,
            "split_code": None,
            "most_recent_invoice": None,
            "_period_end": due,
            "_begun_by": begun_by,
        }
        self.book.save("subscription", subscription)
        self.events.emit("subscription.create", self.shown(subscription))
        return subscription

    def _invoice(self, subscription: Row) -> Row:
        open_one = next(
            self.book.where("invoice", _subscription=subscription["id"], paid=False), None
        )
        if open_one is not None:
            return open_one
        start = subscription["_period_end"]
        invoice = {
            "id": self.book.new_id(),
            "domain": "test",
            "invoice_code": code("INV_"),
            "amount": subscription["amount"],
            "period_start": start,
            "period_end": _later(start, subscription["plan"]["interval"]),
            "status": "pending",
            "paid": False,
            "paid_at": None,
            "description": None,
            "transaction": {},
            "created_at": now(),
            "_subscription": subscription["id"],
        }
        self.book.save("invoice", invoice)
        return invoice

    def _charge(self, subscription: Row, invoice: Row) -> None:
        customer = self.book.get("customer", subscription["customer"]["id"])
        plan = subscription["plan"]
        paid = blank(self.book, customer, invoice["amount"], plan["currency"], code("", 18))
        paid.update(metadata={"invoice_action": "create"}, plan=plan["plan_code"])
        paid.update(plan_object=plan)
        self.book.save("transaction", paid)
        self.transactions.pay(paid)
        invoice.update(
            status="success",
            paid=True,
            paid_at=paid["paid_at"],
            transaction={k: paid[k] for k in ("id", "reference", "status", "amount", "currency")},
        )
        self.book.save("invoice", invoice)
        subscription.update(
            status="active",
            open_invoice=None,
            next_payment_date=invoice["period_end"],
            most_recent_invoice=_in_subscription(invoice),
            _period_end=invoice["period_end"],
        )
        self.book.save("subscription", subscription)
        self.events.emit("invoice.update", self._told(invoice))

    def _told(self, invoice: Row) -> Row:
        """An invoice in an event: with parts of its subscription and customer."""
        subscription = self.book.get("subscription", invoice["_subscription"])
        names = (
            "status", "subscription_code", "email_token", "amount", "cron_expression",
            "next_payment_date", "open_invoice",
        )  # fmt: skip
        transaction = {k: v for k, v in invoice["transaction"].items() if k != "id"}
        return shown(invoice) | {
            "transaction": transaction,
            "authorization": subscription["authorization"],
            "subscription": {name: subscription[name] for name in names},
            "customer": subscription["customer"],
        }

    def _card_of(self, customer: Row) -> Any:
        for paid in self.book.where("transaction", status="success"):
            if paid["customer"]["id"] == customer["id"]:
                return paid["authorization"]
        return None

    def _check_token(self, subscription: Row, token: Any) -> None:
        if token != subscription["email_token"]:
            raise PaystackRefusal("Subscription code or email token is invalid", status=404)


def _in_subscription(invoice: Row) -> Row:
    """An invoice inside its subscription: the transaction is only a number there."""
    return shown(invoice) | {"transaction": invoice["transaction"].get("id")}


def _later(since: str, interval: str) -> str:
    until = moment(since).astimezone(UTC) + timedelta(days=DAYS[interval])
    return _written(until)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

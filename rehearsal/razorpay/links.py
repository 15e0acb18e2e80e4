"""Payment links: made by the shop, paid on a page, closed by either or by time."""

from __future__ import annotations

from typing import Any

from rehearsal.razorpay import shapes
from rehearsal.razorpay.book import Book, Entity
from rehearsal.razorpay.currency import check_amount
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.payments import Payments, now
from rehearsal.razorpay.webhooks import Events

SHORTEST = 15 * 60  # seconds a link must at least be open
LONGEST = 183 * 86_400


class Links:
    """What can be done with a payment link, and what a payer does on its page."""

    def __init__(self, book: Book, events: Events, payments: Payments, base_url: str) -> None:
        self.book = book
        self.events = events
        self.payments = payments
        self.base_url = base_url
        payments.on_captured.append(self._paid)

    def create(self, params: dict[str, Any]) -> Entity:
        """A new open link; a `reference_id` is good for one."""
        params.setdefault("currency", "INR")
        check_amount(params["amount"], params["currency"])
        reference = params.get("reference_id")
        if reference and next(self.book.where("link", reference_id=reference), None):
            raise RazorpayRefusal(
                f"payment link creation with reference ID already attempted: {reference}",
                field="reference_id",
            )
        expire_by = params.get("expire_by")
        if expire_by is not None and not now() + SHORTEST <= expire_by <= now() + LONGEST:
            raise RazorpayRefusal("timestamp must be atleast 15 minutes in future")
        _check_callback(params)
        link = shapes.link(params, self.base_url)
        self.book.save("link", link)
        return link

    def cancel(self, link: Entity) -> Entity:
        """The shop closes an open link."""
        if link["status"] != "created":
            taken = link["status"] in ("paid", "partially_paid")
            state = "already paid/partially paid" if taken else link["status"]
            raise RazorpayRefusal(f"cannot cancel or expire an {state} link")
        return self._close(link, "cancelled", "cancelled_at")

    def expire(self, link: Entity) -> Entity:
        """Its time is over."""
        if link["status"] != "created":
            raise RazorpayRefusal(f"cannot cancel or expire an {link['status']} link")
        return self._close(link, "expired", "expired_at")

    def expire_due(self) -> None:
        """Expire every open link whose time is over."""
        for link in list(self.book.where("link", status="created")):
            if 0 < link["expire_by"] <= now():
                self.expire(link)

    # ---------------------------------------------------------------- what the payer does

    def pay(self, link: Entity, *, email: str = "") -> Entity:
        """The bank says yes at once. Paying again changes nothing."""
        if self._is_open(link):
            self.payments.capture(self.authorize(link, email=email))
        return link

    def authorize(self, link: Entity, *, email: str = "") -> Entity:
        """The bank says yes, the money is not taken yet. Returns the payment."""
        return self.payments.authorize(self._begin(link, email))

    def decline(self, link: Entity, *, email: str = "") -> Entity:
        """The bank says no; the link stays open. Returns the payment."""
        return self.payments.fail(self._begin(link, email))

    def late(self, link: Entity, *, email: str = "") -> Entity:
        """The bank says no and then yes, for the same payment."""
        if self._is_open(link):
            payment = self.decline(link, email=email)
            self.payments.capture(self.payments.authorize(payment))
        return link

    def order_of(self, link: Entity) -> Entity:
        """The link's order, made when it is first opened. Its number is on the link from then."""
        found = next(self.book.where("order", id=self.book.known(link["id"], "order")), None)
        if found is not None:
            return found
        order = shapes.order(
            {
                "amount": link["amount"],
                "currency": link["currency"],
                "receipt": link["reference_id"],
                "notes": link["notes"],
            }
        )
        self.book.save("order", order)
        self.book.know(link["id"], order=order["id"])
        self.book.know(order["id"], link=link["id"])
        link["order_id"] = order["id"]
        self.book.save("link", link)
        return order

    def _begin(self, link: Entity, email: str) -> Entity:
        if not self._is_open(link):
            raise RazorpayRefusal(f"This link is {link['status']}.")
        description = "#" + link["id"].removeprefix("plink_")
        return self.payments.begin(self.order_of(link), description=description, email=email)

    def _paid(self, payment: Entity, order: Entity) -> None:
        """A captured payment pays the link of its order, also one that was closed meanwhile."""
        link_id = self.book.known(order["id"], "link")
        if link_id is None:
            return
        link = self.book.get("link", link_id)
        paid = {
            "amount": payment["amount"],
            "created_at": payment["created_at"],
            "method": payment["method"],
            "payment_id": payment["id"],
            "plink_id": link_id,
            "status": "captured",
            "updated_at": now(),
        }
        link.update(status="paid", amount_paid=payment["amount"], payments=[paid], updated_at=now())
        self.book.save("link", link)
        self.events.emit("payment_link.paid", payment_link=link, order=order, payment=payment)

    def _close(self, link: Entity, status: str, at: str) -> Entity:
        link.update({"status": status, at: now(), "updated_at": now()})
        self.book.save("link", link)
        self.events.emit(f"payment_link.{status}", payment_link=link)
        return link

    def _is_open(self, link: Entity) -> bool:
        if link["status"] == "created" and 0 < link["expire_by"] <= now():
            self.expire(link)
        return bool(link["status"] == "created")


def _check_callback(params: dict[str, Any]) -> None:
    url = params.get("callback_url")
    if url is None:
        return
    if not url.startswith(("http://", "https://")):
        raise RazorpayRefusal("callback_url must be a valid URL", field="callback_url")
    if params.get("callback_method") != "get":
        raise RazorpayRefusal("callback_method must be get", field="callback_method")

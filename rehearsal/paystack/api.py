"""The door of the Paystack API: key, JSON, the call, the envelope {status, message, data}."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rehearsal.faults import STATUS_FAULT, Fault
from rehearsal.paystack.book import Book, shown
from rehearsal.paystack.customers import customer_of
from rehearsal.paystack.disputes import Disputes
from rehearsal.paystack.errors import PaystackRefusal, server_failure, wrong_key
from rehearsal.paystack.listing import page_of
from rehearsal.paystack.refunds import Refunds
from rehearsal.paystack.subscriptions import Subscriptions
from rehearsal.paystack.transactions import Transactions
from rehearsal.paystack.webhooks import Events

Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what was sent, what was asked for, and the name in the path."""

    body: Said
    query: dict[str, str]
    name: str


class PaystackApi:
    """Answers everything under /paystack/."""

    def __init__(self, book: Book, events: Events, base_url: str) -> None:
        self.book = book
        self.events = events
        self.base_url = base_url
        self.transactions = Transactions(book, events, base_url)
        self.refunds = Refunds(book, self.transactions, events)
        self.disputes = Disputes(book, self.transactions, events)
        self.subscriptions = Subscriptions(book, self.transactions, events)
        self.log: deque[Said] = deque(maxlen=500)
        name = r"([A-Za-z0-9._=@+-]+)"
        self._routes: list[tuple[str, re.Pattern[str], str, Callable[[Call], Said]]] = [
            (method, re.compile(path.replace("<name>", name)), message, handler)
            for method, path, message, handler in (
                ("POST", "/transaction/initialize", "Authorization URL created", self._initialize),
                ("GET", "/transaction/verify/<name>", "Verification successful", self._verify),
                ("GET", "/transaction/<name>", "Transaction retrieved", self._transaction),
                ("GET", "/transaction", "Transactions retrieved", self._transactions),
                ("POST", "/refund", "Refund has been queued for processing", self._refund),
                ("GET", "/refund", "Refunds retrieved", self._list_refunds),
                ("GET", "/refund/<name>", "Refund retrieved", self._fetch("refund")),
                ("POST", "/refund/retry_with_customer_details/<name>",
                 "Refund retried and has been queued for processing", self._retry_refund),
                ("POST", "/customer", "Customer created", self._create_customer),
                ("GET", "/customer", "Customers retrieved", self._list("customer")),
                ("GET", "/customer/<name>", "Customer retrieved",
                 self._fetch("customer", "customer_code", "email")),
                ("POST", "/plan", "Plan created", self._create_plan),
                ("GET", "/plan", "Plans retrieved", self._list("plan")),
                ("GET", "/plan/<name>", "Plan retrieved", self._fetch("plan", "plan_code")),
                ("POST", "/subscription", "Subscription successfully created", self._subscribe),
                ("GET", "/subscription", "Subscriptions retrieved", self._list_subscriptions),
                ("GET", "/subscription/<name>/manage/link", "Link generated", self._manage_link),
                ("GET", "/subscription/<name>", "Subscription retrieved successfully",
                 self._subscription),
                ("POST", "/subscription/disable", "Subscription disabled successfully",
                 self._disable),
                ("POST", "/subscription/enable", "Subscription enabled successfully", self._enable),
                ("GET", "/dispute", "Disputes retrieved", self._list_disputes),
                ("GET", "/dispute/<name>", "Dispute retrieved", self._dispute),
            )
        ]  # fmt: skip

    async def answer(self, request: Request) -> Response:
        """Answer one API request."""
        path = "/" + request.path_params["path"]
        fault: Fault | None = request.scope.get(STATUS_FAULT)
        try:
            _check_key(request)
            if fault is not None and not fault.work:
                raise server_failure(fault.status)
            said = self._work(request.method, path, await request.body(), request)
            if fault is not None:
                raise server_failure(fault.status)
            status = 200
        except PaystackRefusal as refusal:
            said, status = refusal.body(), refusal.status
        self.log.append(
            {"at": time.time(), "method": request.method, "path": path, "status": status}
        )
        return JSONResponse(said, status)

    def _work(self, method: str, path: str, body: bytes, request: Request) -> Said:
        for wanted, pattern, message, handler in self._routes:
            found = pattern.fullmatch(path)
            if wanted == method and found:
                name = found[1] if found.groups() else ""
                call = Call(_json(body), dict(request.query_params), name)
                return {"status": True, "message": message} | handler(call)
        raise PaystackRefusal(f"Unknown URL {method} {path}", status=404, code="unknown")

    # ---------------------------------------------------------------- money

    def _initialize(self, call: Call) -> Said:
        row = self.transactions.initialize(call.body)
        return {
            "data": {
                "authorization_url": self.transactions.page(row),
                "access_code": row["_access_code"],
                "reference": row["reference"],
            }
        }

    def _verify(self, call: Call) -> Said:
        found = next(self.book.where("transaction", reference=call.name), None)
        if found is None:
            raise PaystackRefusal("Transaction reference not found.", code="transaction_not_found")
        return {"data": self.transactions.shown(found)}

    def _transaction(self, call: Call) -> Said:
        return {"data": self.transactions.shown(self.book.get("transaction", call.name))}

    def _transactions(self, call: Call) -> Said:
        rows = [self.transactions.shown(row) for row in self.book.all("transaction")]
        for field in ("status", "amount"):
            if call.query.get(field):
                rows = [row for row in rows if str(row[field]) == call.query[field]]
        return page_of(rows, call.query)

    def _refund(self, call: Call) -> Said:
        refund = self.refunds.ask(call.body)
        paid = self.book.get("transaction", refund["transaction"])
        brief = {k: paid[k] for k in ("id", "domain", "reference", "amount", "currency")}
        return {"data": shown(refund) | {"transaction": brief}}

    def _list_refunds(self, call: Call) -> Said:
        rows = self.book.all("refund")
        wanted = call.query.get("transaction") or call.query.get("reference")
        if wanted:
            paid = self.book.get("transaction", wanted, "reference")
            rows = [row for row in rows if row["transaction"] == paid["id"]]
        return page_of(rows, call.query)

    def _retry_refund(self, call: Call) -> Said:
        refund = self.book.get("refund", call.name)
        details = call.body.get("refund_account_details")
        return {"data": shown(self.refunds.retry(refund, details))}

    # ---------------------------------------------------------------- people and plans

    def _create_customer(self, call: Call) -> Said:
        names = {k: v for k, v in call.body.items() if k != "email"}
        return {"data": shown(customer_of(self.book, call.body.get("email"), **names))}

    def _create_plan(self, call: Call) -> Said:
        return {"data": shown(self.subscriptions.plan(call.body))}

    def _subscribe(self, call: Call) -> Said:
        return {"data": shown(self.subscriptions.create(call.body))}

    def _list_subscriptions(self, call: Call) -> Said:
        rows = self.book.all("subscription")
        for field in ("customer", "plan"):
            if call.query.get(field):
                rows = [row for row in rows if str(row[field]["id"]) == call.query[field]]
        return page_of(rows, call.query)

    def _subscription(self, call: Call) -> Said:
        found = self.book.get("subscription", call.name, "subscription_code")
        return {"data": self.subscriptions.fetched(found)}

    def _manage_link(self, call: Call) -> Said:
        found = self.book.get("subscription", call.name, "subscription_code")
        link = f"{self.base_url}/paystack/manage/{found['email_token']}"
        return {"data": {"link": link}}

    def _disable(self, call: Call) -> Said:
        found = self.book.get("subscription", call.body.get("code") or "", "subscription_code")
        self.subscriptions.disable(found, call.body.get("token") or "")
        return {}

    def _enable(self, call: Call) -> Said:
        found = self.book.get("subscription", call.body.get("code") or "", "subscription_code")
        self.subscriptions.enable(found, call.body.get("token") or "")
        return {}

    # ---------------------------------------------------------------- disputes

    def _dispute(self, call: Call) -> Said:
        return {"data": self.disputes.shown(self.book.get("dispute", call.name))}

    def _list_disputes(self, call: Call) -> Said:
        rows = [self.disputes.shown(row) for row in self.book.all("dispute")]
        for field in ("status", "transaction"):
            wanted = call.query.get(field)
            if wanted:
                rows = [r for r in rows if wanted in (str(r[field]), str(_id_of(r[field])))]
        return page_of(rows, call.query)

    def _fetch(self, kind: str, *names: str) -> Callable[[Call], Said]:
        return lambda call: {"data": shown(self.book.get(kind, call.name, *names))}

    def _list(self, kind: str) -> Callable[[Call], Said]:
        return lambda call: page_of(self.book.all(kind), call.query)


def _check_key(request: Request) -> None:
    """401 unless a test key comes as Bearer token."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key:
        raise wrong_key("Format is Authorization: Bearer [secret key]")
    if key.startswith("sk_live_"):
        raise wrong_key("This is a rehearsal: never send a live key here.")
    if not key.startswith("sk_test_"):
        raise wrong_key("Invalid key")


def _json(body: bytes) -> Said:
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        raise PaystackRefusal("The body is not JSON", code="invalid_params") from None
    if not isinstance(said, dict):
        raise PaystackRefusal("The body is not an object", code="invalid_params")
    return said


def _id_of(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value

"""A gateway that fits on a page: it holds money, and remembers what it has told us of it.

It is the oracle of the money machine. `held()` is all it holds, `told()` what it holds as far as
anybody was told: the books must show exactly that, and in the end both are the same.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from core.money import Money
from payments.gateways.interface import (
    DisputeSeen,
    GatewayDispute,
    GatewayError,
    GatewayPayment,
    GatewayRefund,
    RefundRequest,
    RefundSeen,
    Seen,
)

# What needs attention was taken as well: real gateways give it back only when the refund fails.
TAKEN = (RefundSeen.PENDING, RefundSeen.NEEDS_ATTENTION, RefundSeen.SUCCEEDED)
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
_serial = count(1)


@dataclass
class Page:
    """One try at the till and all that became of it. `rate` (thousandths) turns its money into
    `pays_in`, the currency the till settles in."""

    attempt_id: UUID
    reference: str
    amount: Money
    pays_in: str
    rate: int
    state: Seen = Seen.OPEN
    fee: Money | None = None
    refunds: dict[str, GatewayRefund] = field(default_factory=dict)
    disputes: dict[str, GatewayDispute] = field(default_factory=dict)
    ref: str = field(default_factory=lambda: f"{next(_serial)}")

    @property
    def is_paid(self) -> bool:
        return self.state is Seen.CAPTURED

    @property
    def settled(self) -> Money | None:
        return self.turned(self.amount) if self.is_paid else None

    @property
    def left(self) -> Money:
        """What a refund may still take."""
        gone = sum(one.amount.minor for one in self.refunds.values() if one.state in TAKEN)
        return self.amount - Money(gone, self.amount.currency)

    def turned(self, amount: Money) -> Money | None:
        """In the currency the till settles in; None where that is the same."""
        if self.pays_in == amount.currency:
            return None
        return Money(max(1, amount.minor * self.rate // 1000), self.pays_in)

    def seen(self) -> GatewayPayment:
        return GatewayPayment(
            state=self.state,
            reference=self.reference,
            amount=self.amount,
            livemode=False,
            gateway_ref=f"page_{self.ref}",
            payment_ref=f"money_{self.ref}" if self.is_paid else "",
            attempt_id=self.attempt_id,
            fee=self.fee,
            declined="no funds" if self.state is Seen.FAILED else "",
            settled=self.settled,
        )


class Till:
    """One gateway, as the services of payments call it; `plans` is what becomes of refunds."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.livemode = False
        self.pages: dict[str, Page] = {}
        self.plan = RefundSeen.SUCCEEDED
        self.loses_answer = self.refuses = False
        self._now = BEGAN
        self._known: dict[str, GatewayPayment] = {}
        self._known_refunds: dict[str, GatewayRefund] = {}
        self._known_disputes: dict[str, GatewayDispute] = {}
        self._by_key: dict[str, GatewayRefund] = {}

    # -- what happens here -------------------------------------------------------------------------

    def opens(self, page: Page) -> Page:
        self.pages[page.ref] = page
        return page

    def refunds(self, page: Page, amount: Money, state: RefundSeen, **more: object) -> str:
        """Money goes back; the till's name of it."""
        ref = f"refund_{next(_serial)}"
        page.refunds[ref] = GatewayRefund(
            state=state,
            refund_ref=ref,
            payment_ref=f"money_{page.ref}",
            amount=amount,
            livemode=False,
            reference=page.reference,
            settled=page.turned(amount),
            **more,  # type: ignore[arg-type]
        )
        return ref

    def disputed(self, page: Page, amount: Money, fee: Money) -> str:
        """The payer's bank takes it back; the till's name of it."""
        ref = f"dispute_{next(_serial)}"
        page.disputes[ref] = GatewayDispute(
            state=DisputeSeen.NEEDS_RESPONSE,
            dispute_ref=ref,
            payment_ref=f"money_{page.ref}",
            amount=amount,
            livemode=False,
            reference=page.reference,
            withdrawn=page.turned(amount) or amount,
            fee=fee,
            as_of=self._tick(),
        )
        return ref

    def decides(self, page: Page, ref: str, state: DisputeSeen) -> None:
        """A dispute goes on: what is won comes back."""
        was = page.disputes[ref]
        taken = page.turned(was.amount) or was.amount
        none = Money.zero(taken.currency)
        withdrawn = none if state in (DisputeSeen.WON, DisputeSeen.CLOSED) else taken
        page.disputes[ref] = replace(was, state=state, withdrawn=withdrawn, as_of=self._tick())

    def _tick(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    # -- what we call ------------------------------------------------------------------------------

    def refund(self, request: RefundRequest) -> GatewayRefund:
        """As planned; the same key is the same refund."""
        known = self._by_key.get(request.idempotency_key)
        page = self.pages[request.payment_ref.removeprefix("money_")]
        if known is None:
            if self.refuses or request.amount > page.left:
                raise GatewayError("We will not.", retryable=False, answered=True)
            ref = self.refunds(page, request.amount, self.plan, refund_id=request.refund_id)
            known = self._by_key[request.idempotency_key] = page.refunds[ref]
            if self.loses_answer:
                raise GatewayError("No answer.", retryable=True, answered=False)
        current = page.refunds[known.refund_ref]
        self.has_told_refund(current)
        return current

    def refunds_of(self, *, payment_ref: str) -> list[GatewayRefund]:
        """All of one payment."""
        shown = list(self.pages[payment_ref.removeprefix("money_")].refunds.values())
        for one in shown:
            self.has_told_refund(one)
        return shown

    def fetch(self, *, gateway_ref: str = "", payment_ref: str = "") -> GatewayPayment:
        """How a page stands."""
        ref = gateway_ref.removeprefix("page_") or payment_ref.removeprefix("money_")
        self.has_told(self.pages[ref])
        return self.pages[ref].seen()

    # -- what is known of it -----------------------------------------------------------------------

    def has_told(self, page: Page) -> GatewayPayment:
        self._known[page.ref] = page.seen()
        return page.seen()

    def has_told_refund(self, seen: GatewayRefund) -> GatewayRefund:
        self._known_refunds[seen.refund_ref] = seen
        return seen

    def has_told_dispute(self, seen: GatewayDispute) -> GatewayDispute:
        self._known_disputes[seen.dispute_ref] = seen
        return seen

    def told(self) -> Counter[str]:
        """Per currency, what it holds as far as we were told."""
        return _sum(
            self._known.values(), self._known_refunds.values(), self._known_disputes.values()
        )

    def held(self) -> Counter[str]:
        """Per currency, what it really holds."""
        pages = self.pages.values()
        return _sum(
            (page.seen() for page in pages),
            (one for page in pages for one in page.refunds.values()),
            (one for page in pages for one in page.disputes.values()),
        )


def _sum(
    payments: Iterator[GatewayPayment], refunds: Iterator[GatewayRefund],
    disputes: Iterator[GatewayDispute],
) -> Counter[str]:  # fmt: skip
    """Money in less money out; where the till settles in another currency, in that one."""
    held: Counter[str] = Counter()

    def move(amount: Money | None, sign: int) -> None:
        if amount is not None:
            held[amount.currency] += sign * amount.minor

    for paid in payments:
        if paid.state is Seen.CAPTURED:
            move(paid.settled or paid.amount, 1)
            move(paid.fee, -1)
    for gone in refunds:
        if gone.state in TAKEN:
            move(gone.settled or gone.amount, -1)
    for dispute in disputes:
        move(dispute.withdrawn, -1)
        move(dispute.fee, -1)
    return Counter({currency: minor for currency, minor in held.items() if minor})

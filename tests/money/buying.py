"""Chapters of the money machine: somebody buys, pays, is declined, pays twice or another sum."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import consumes, multiple, rule

from core.money import Money
from payments.enums import OPEN_ATTEMPTS
from payments.gateways.interface import Seen
from payments.models import Payment
from payments.services.settle import settle
from tests.money.books import fields_of
from tests.money.orders import another_attempt, owed_payment
from tests.money.shop import CURRENCIES, GATEWAYS, Shop
from tests.money.till import Page


class Buying(Shop):
    """Orders and the pages on which they are paid."""

    pages, paid = Shop.pages, Shop.paid

    @rule(
        target=pages,
        gateway=st.sampled_from(sorted(GATEWAYS)),
        currency=st.sampled_from(CURRENCIES),
        goods=st.lists(
            st.tuples(st.integers(0, 2), st.integers(100, 10**6)), min_size=1, max_size=4
        ),
        shipping=st.integers(0, 5000),
        tax=st.integers(0, 5000),
        off=st.integers(0, 99),
        referred=st.booleans(),
        rate=st.integers(3, 40_000),
    )
    def buys(self, gateway, currency, goods, shipping, tax, off, referred, rate) -> Page:
        payment = owed_payment(
            currency,
            gateway,
            [(self.vendors[vendor], total) for vendor, total in goods],
            shipping_minor=shipping,
            tax_minor=tax,
            discount_minor=off,
            user=self.referral.referred if referred else None,
        )
        return self.tries(payment, rate)

    def tries(self, payment: Payment, rate: int) -> Page:
        attempt = another_attempt(payment)
        page = Page(attempt.pk, payment.reference, payment.amount, GATEWAYS[payment.gateway], rate)
        return self.tills[payment.gateway].opens(page)

    @rule(target=paid, page=consumes(pages), told=st.booleans())
    def pays(self, page: Page, told: bool) -> Page:
        page.state = Seen.CAPTURED
        if told:
            self.tell(page)
        return page

    @rule(target=pages, page=consumes(pages), again=st.booleans(), rate=st.integers(3, 40_000))
    def is_declined(self, page: Page, again: bool, rate: int) -> Any:
        """The old page may still be paid, late; another one may be opened meanwhile."""
        page.state = Seen.FAILED
        self.tell(page)
        payment = self.attempt(page).payment
        if not again or payment.attempts.filter(state__in=OPEN_ATTEMPTS).exists():
            return page
        return multiple(page, self.tries(payment, rate))

    @rule(page=paid)
    def is_told_again(self, page: Page) -> None:
        self.tell(page)

    @rule(page=paid, minor=st.integers(1, 500), abroad=st.booleans())
    def costs_a_fee(self, page: Page, minor: int, abroad: bool) -> None:
        if page.fee is None:
            page.fee = Money(minor, page.pays_in if abroad else page.amount.currency)

    @rule(page=paid, more=st.integers(1, 10**6))
    def another_amount_is_claimed(self, page: Page, more: int) -> None:
        """A message that does not add up moves nothing."""
        seen = page.seen()
        lie = Money(seen.amount.minor + more, seen.amount.currency)
        wrong = settle(
            attempt_id=page.attempt_id,
            seen=type(seen)(**{**fields_of(seen), "amount": lie, "fee": None, "settled": None}),
            source="lie",
        )
        assert wrong.objections

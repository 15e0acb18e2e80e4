"""The shop of the money machine, its three gateways, its workers, and how news reaches it."""

from django.db import connection, transaction
from django.utils import timezone
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from commerce.tests.shop import make_vendor
from core.enums import Queue
from core.events.worker import work_off
from core.models import Delivery
from payments.models import PaymentAttempt
from payments.services.disputes import observing as disputes
from payments.services.refunds import asking, observing, sending
from payments.services.settle import settle
from payments.tests.people import brought, person
from payments.tests.people import rule as commission_rule
from tests.money.books import a_minute_passes
from tests.money.till import Page, Till

GATEWAYS = {"stripe": "EUR", "razorpay": "INR", "paystack": "NGN"}  # what each settles in
CURRENCIES = ["EUR", "JPY", "KWD", "NGN", "INR"]
QUEUES = (Queue.MONEY, Queue.DEFAULT)


class Shop(RuleBasedStateMachine):
    """What every story needs; what may happen, and what must hold, are mixed in."""

    pages = Bundle("pages")
    paid = Bundle("paid")
    gone = Bundle("refunds that were made")
    open_disputes = Bundle("disputes")

    @initialize()
    def opens(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.tills = {slug: Till(slug) for slug in GATEWAYS}
        for module in (asking, sending):
            module.gateway_named = self.tills.__getitem__  # type: ignore[attr-defined]
        self.vendors = [make_vendor(commission_bps=bps) for bps in (0, 1000, 3333)]
        commission_rule(rate_bps=700, hold_days=0)
        self.referral = brought()
        self.staff = person().pk

    def teardown(self) -> None:
        if not hasattr(self, "outer"):
            return
        try:
            if not connection.needs_rollback:
                self.everything_is_told()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @rule()
    def work(self) -> None:
        """Workers do all there is to do, as if every pause were over."""
        for _ in range(20):
            Delivery.objects.filter(state="ready", queue__in=QUEUES).update(due_at=timezone.now())
            a_minute_passes()
            if not sum(work_off(queue) for queue in QUEUES):
                return
        waiting = Delivery.objects.filter(state="ready", queue__in=QUEUES)
        raise AssertionError(f"never done: {list(waiting.values_list('subscriber', 'last_error'))}")

    def tell(self, page: Page) -> None:
        seen = self.till(page).has_told(page)
        settle(attempt_id=page.attempt_id, seen=seen, source="webhook")

    def tell_refund(self, page: Page, ref: str) -> None:
        seen = self.till(page).has_told_refund(page.refunds[ref])
        observing.observe(attempt_id=page.attempt_id, seen=seen, source="webhook")

    def tell_dispute(self, page: Page, ref: str) -> None:
        seen = self.till(page).has_told_dispute(page.disputes[ref])
        disputes.observe(attempt_id=page.attempt_id, seen=seen, source="webhook")

    def attempt(self, page: Page) -> PaymentAttempt:
        return PaymentAttempt.objects.select_related("payment").get(pk=page.attempt_id)

    def till(self, page: Page) -> Till:
        return next(till for till in self.tills.values() if page.ref in till.pages)

    def is_known(self, page: Page) -> bool:
        """Whether we have heard that it was paid; refunds and disputes come after that."""
        return bool(self.attempt(page).captured)

    def everything_is_told(self) -> None:
        """The end of the story, when the reconciler has been everywhere."""
        raise NotImplementedError

"""Any story of payments, refunds, disputes, fees, shares, commissions and payouts, in any order and
currency: after every step the books balance and show what the gateways have told; in the end,
what the gateways hold.

Eight stories of thirty steps in a normal run; MONEY_STORIES=500 tells five hundred. A story that
fails is told as it was found, with the blob that repeats it; MONEY_SHRINK=1 looks for the shortest
one first, which takes minutes.
"""

import os
from collections import Counter

import pytest
from django.db import connection
from django.db.models import F, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from core.models import Delivery
from payments.enums import PayoutState
from payments.models import Due, Payee, Payment, Payout
from payments.services.books.balances import trial_balance
from payments.services.refunds import asking, sending
from payments.services.sharing.owed import owed_in_books
from tests.money.books import PAID, SINGLE, UNBALANCED, balance, documented, sums
from tests.money.buying import Buying
from tests.money.going_back import GoingBack
from tests.money.paying_out import PayingOut

STORIES = int(os.environ.get("MONEY_STORIES", "8"))
STEPS = 30
SHRINKING = (Phase.shrink, Phase.explain)
PHASES = [
    phase for phase in Phase if os.environ.get("MONEY_SHRINK") == "1" or phase not in SHRINKING
]


class Story(Buying, GoingBack, PayingOut):
    """All that may befall a shop and its gateways, and what holds whatever does."""

    @invariant()
    def the_database_agrees(self) -> None:
        """Its own checks wait for the commit that never comes here: they are made now."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for wrong in (UNBALANCED, SINGLE):
                cursor.execute(wrong)
                assert cursor.fetchall() == []
        assert not any(trial_balance().values())

    @invariant()
    def the_books_show_what_was_told(self) -> None:
        for slug, till in self.tills.items():
            assert balance(f"gateway:{slug}") == till.told(), slug

    @invariant()
    def nothing_is_below_nothing(self) -> None:
        wrong = Q(refunded_minor__lt=0) | Q(refunded_minor__gt=F("captured_minor"))
        assert not Payment.objects.filter(wrong).exists()
        assert not Payment.objects.filter(captured_minor__lt=0).exists()

    @invariant()
    def payees_are_owed_what_their_lines_say(self) -> None:
        for payee in Payee.objects.all():
            lines = Counter(dict(sums(Due.objects.filter(payee=payee))))
            sent = [PayoutState.SENT, PayoutState.PAID]
            lines.subtract(dict(sums(Payout.objects.filter(payee=payee, state__in=sent))))
            for currency, minor in lines.items():
                assert owed_in_books(payee, currency).minor == minor, (payee.name, currency)

    def everything_is_told(self) -> None:
        """The reconciler has been everywhere and the workers are done: one truth, down to the
        last document."""
        for till in self.tills.values():
            for page in till.pages.values():
                self.tell(page)
                for ref in sorted(
                    page.refunds, key=lambda ref: page.refunds[ref].state != "failed"
                ):
                    self.tell_refund(page, ref)
                for ref in page.disputes:
                    self.tell_dispute(page, ref)
        self.work()
        self.the_database_agrees()
        self.payees_are_owed_what_their_lines_say()
        for slug, till in self.tills.items():
            assert balance(f"gateway:{slug}") == till.held(), slug
        assert not balance("receivable:order"), "every order is shared out, and taken back from"
        for payment in Payment.objects.filter(status__in=PAID):
            assert documented(payment) == payment.amount.minor - payment.refunded_minor
        dead = Delivery.objects.filter(state="dead")
        assert not dead, list(dead.values_list("subscriber", "last_error"))


@pytest.mark.django_db
def test_the_books_hold_in_every_story(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (asking, sending):
        monkeypatch.setattr(module, "gateway_named", module.gateway_named)  # given back afterwards
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )

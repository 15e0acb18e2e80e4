"""Money must arrive in our account at the gateway; news of another account holds the payment."""

import pytest

from payments.enums import PaymentStatus
from payments.tests.house import House, attempt_of, wrapped

OURS, THEIRS = "acct_1Ours", "acct_1Theirs"


def told_of(house: House, account: str | None) -> PaymentStatus:
    """How a payment stands after its webhook, which names an account."""
    payment = house.submitted()
    session = house.stripe.pay(house.session_of(payment))
    more = {"account": account} if account else {}
    assert house.post(wrapped("checkout.session.completed", session, **more)).status_code == 200
    house.work()
    payment.refresh_from_db()
    return PaymentStatus(payment.status)


@pytest.mark.parametrize(("account", "status"), [
    (OURS, PaymentStatus.SUCCESS),
    (None, PaymentStatus.SUCCESS),  # an event of our own account names none
    (THEIRS, PaymentStatus.HELD),
])  # fmt: skip
def test_a_stripe_event_of_another_account_pays_nothing(
    house: House, settings, account: str | None, status: PaymentStatus
) -> None:
    settings.STRIPE_ACCOUNT = OURS
    assert told_of(house, account) == status


def test_without_a_setting_the_first_account_that_is_told_is_kept(house: House) -> None:
    payment = house.submitted()
    session = house.stripe.pay(house.session_of(payment))
    for account in (OURS, THEIRS):
        house.post(wrapped("checkout.session.completed", session, account=account))
        house.work()
    assert attempt_of(payment).account == OURS
    assert attempt_of(payment).events.filter(type="mismatch").exists()

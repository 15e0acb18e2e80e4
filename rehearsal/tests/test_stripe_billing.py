"""Subscriptions from the page to the last day, read with the official SDK."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import stripe

from rehearsal.client import Rehearsal
from rehearsal.stripe.periods import period_end
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Receiver

DAY = 24 * 3600
Subscribe = Callable[..., Any]


@pytest.fixture
def price(sdk: stripe.StripeClient) -> Callable[..., Any]:
    def make(unit_amount: int = 2900, interval: str = "month", currency: str = "eur") -> Any:
        product = sdk.v1.products.create({"name": f"Tier at {unit_amount}"})
        return sdk.v1.prices.create(
            {
                "product": product.id,
                "currency": currency,
                "unit_amount": unit_amount,
                "recurring": {"interval": interval},  # type: ignore[typeddict-item]
            }
        )

    return make


@pytest.fixture
def page(sdk: stripe.StripeClient, price: Callable[..., Any]) -> Callable[..., Any]:
    def make(unit_amount: int = 2900, **changes: Any) -> Any:
        params: dict[str, Any] = {
            "mode": "subscription",
            "success_url": "http://shop.test/subscribed",
            "customer_email": "amina@example.com",
            "line_items": [{"price": price(unit_amount).id, "quantity": 1}],
            "subscription_data": {"metadata": {"tradewind_user": "u-1"}},
        }
        return sdk.v1.checkout.sessions.create({**params, **changes})

    return make


@pytest.fixture
def subscribe(control: Rehearsal, sdk: stripe.StripeClient, page: Callable[..., Any]) -> Subscribe:
    def make(unit_amount: int = 2900, **changes: Any) -> Any:
        session = control.pay(page(unit_amount, **changes).id)
        return sdk.v1.subscriptions.retrieve(session["subscription"])

    return make


def invoices_of(sdk: stripe.StripeClient, subscription: Any) -> list[Any]:
    """Oldest first."""
    found = sdk.v1.invoices.list({"subscription": subscription.id, "limit": 100}).data
    return list(reversed(found))


def told(sdk: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(sdk.v1.events.list({"limit": 100}).data)]


def test_the_page_makes_customer_subscription_and_a_paid_invoice(
    control: Rehearsal, sdk: stripe.StripeClient, page: Callable[..., Any]
) -> None:
    session = page()
    assert (session.amount_total, session.payment_intent) == (2900, None)
    assert "Subscribe for 29.00 EUR" in httpx.get(session.url).text
    done = control.pay(session.id)
    assert (done["status"], done["payment_status"]) == ("complete", "paid")
    subscription = sdk.v1.subscriptions.retrieve(done["subscription"])
    item = subscription["items"].data[0]
    assert subscription.status == "active"
    assert "current_period_end" not in subscription  # on the item since basil
    assert item.current_period_end - item.current_period_start >= 28 * DAY
    assert subscription.metadata["tradewind_user"] == "u-1"
    (invoice,) = invoices_of(sdk, subscription)
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid", 2900, "subscription_create",
    )  # fmt: skip
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata["tradewind_user"] == "u-1"
    assert "subscription" not in invoice
    assert "payment_intent" not in invoice
    (line,) = invoice.lines.data
    assert line.pricing.price_details.price == item.price.id
    assert (line.period.start, line.period.end) == (
        item.current_period_start, item.current_period_end,
    )  # fmt: skip
    assert told(sdk) == [
        "customer.created", "customer.subscription.created", "invoice.created",
        "invoice.finalized", "charge.succeeded", "payment_intent.succeeded",
        "invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded",
        "customer.subscription.updated", "checkout.session.completed",
    ]  # fmt: skip


def test_a_payment_leads_to_its_invoice_and_back(
    sdk: stripe.StripeClient, subscribe: Subscribe
) -> None:
    (invoice,) = invoices_of(sdk, subscribe())
    shown = sdk.v1.invoices.retrieve(
        invoice.id, {"expand": ["payments.data.payment.payment_intent"]}
    )
    intent = shown.payments.data[0].payment.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 2900)
    back = sdk.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    )
    assert [payment.invoice for payment in back.data] == [invoice.id]


def test_a_trial_costs_nothing_until_it_ends(
    control: Rehearsal, sdk: stripe.StripeClient, page: Callable[..., Any]
) -> None:
    session = page(subscription_data={"trial_period_days": 14})
    assert "Start trial" in httpx.get(session.url).text
    done = control.pay(session.id)
    assert done["payment_status"] == "no_payment_required"
    subscription = sdk.v1.subscriptions.retrieve(done["subscription"])
    assert subscription.status == "trialing"
    assert subscription.trial_end == subscription["items"].data[0].current_period_end
    (free,) = invoices_of(sdk, subscription)
    assert (free.status, free.amount_due) == ("paid", 0)
    after = control.advance_subscription(subscription.id)
    assert after["status"] == "active"
    assert after["items"]["data"][0]["current_period_start"] == subscription.trial_end
    assert [i.amount_paid for i in invoices_of(sdk, subscription)] == [0, 2900]


def test_a_renewal_begins_where_the_last_period_ended(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe
) -> None:
    subscription = subscribe()
    first = subscription["items"].data[0]
    second = control.renew_subscription(subscription.id)["items"]["data"][0]
    assert second["current_period_start"] == first.current_period_end
    invoice = invoices_of(sdk, subscription)[-1]
    assert invoice.billing_reason == "subscription_cycle"
    line = invoice.lines.data[0].period
    assert (line.start, line.end) == (
        second["current_period_start"], second["current_period_end"],
    )  # fmt: skip
    # what Stripe shows at the invoice itself is the time that has passed
    assert (invoice.period_start, invoice.period_end) == (
        first.current_period_start, first.current_period_end,
    )  # fmt: skip


def test_a_card_that_fails_is_tried_four_times_and_then_it_is_over(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe
) -> None:
    subscription = subscribe()
    seen = []
    for _ in range(4):
        after = control.fail_subscription(subscription.id)
        invoice = invoices_of(sdk, subscription)[-1]
        seen.append((after["status"], invoice.attempt_count, bool(invoice.next_payment_attempt)))
    assert seen == [
        ("past_due", 1, True), ("past_due", 2, True), ("past_due", 3, True), ("canceled", 4, False),
    ]  # fmt: skip
    ended = sdk.v1.subscriptions.retrieve(subscription.id)
    assert ended.cancellation_details.reason == "payment_failed"
    assert told(sdk)[-1] == "customer.subscription.deleted"
    assert len(invoices_of(sdk, subscription)) == 2


def test_what_was_not_paid_can_be_paid_later(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe
) -> None:
    subscription = subscribe()
    assert (
        control.fail_subscription(subscription.id, last=True, then="unpaid")["status"] == "unpaid"
    )
    assert control.recover_subscription(subscription.id)["status"] == "active"
    invoice = invoices_of(sdk, subscription)[-1]
    assert (invoice.status, invoice.amount_paid, invoice.attempt_count) == ("paid", 2900, 2)
    assert told(sdk)[-4:] == [
        "invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]  # fmt: skip


def test_cancelled_at_the_end_it_lasts_until_then_and_can_be_resumed(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe
) -> None:
    subscription = subscribe()
    end = subscription["items"].data[0].current_period_end
    asked = sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert (asked.status, asked.cancel_at) == ("active", end)
    resumed = sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (resumed.cancel_at, resumed.canceled_at) == (None, None)
    sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert control.advance_subscription(subscription.id)["status"] == "canceled"
    assert sdk.v1.subscriptions.list({"customer": str(subscription.customer)}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})


def test_cancelled_now_it_is_over_now(sdk: stripe.StripeClient, subscribe: Subscribe) -> None:
    subscription = subscribe()
    gone = sdk.v1.subscriptions.cancel(subscription.id)
    assert gone.status == "canceled"
    assert gone.ended_at
    assert told(sdk)[-1] == "customer.subscription.deleted"
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.cancel(subscription.id)


def change(sdk: stripe.StripeClient, subscription: Any, price: Any, **more: Any) -> Any:
    item = subscription["items"].data[0].id
    return sdk.v1.subscriptions.update(
        subscription.id, {"items": [{"id": item, "price": price.id}], **more}
    )


def test_an_upgrade_costs_the_difference_for_the_rest_of_the_period(
    control: Rehearsal,
    sdk: stripe.StripeClient,
    subscribe: Subscribe,
    price: Callable[..., Any],
) -> None:
    subscription = subscribe(3000)
    item = subscription["items"].data[0]
    half = (item.current_period_end - item.current_period_start) // 2
    control.shift_subscription(subscription.id, -half)
    dear = price(9000)
    after = change(sdk, subscription, dear, proration_behavior="always_invoice")
    assert after["items"].data[0].price.id == dear.id
    invoice = invoices_of(sdk, subscription)[-1]
    assert invoice.billing_reason == "subscription_update"
    credit, debit = invoice.lines.data
    assert credit.parent.subscription_item_details.proration
    assert credit.amount == pytest.approx(-1500, abs=1)
    assert debit.amount == pytest.approx(4500, abs=1)
    assert invoice.amount_paid == credit.amount + debit.amount


def test_a_downgrade_leaves_credit_that_the_next_invoice_uses(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe, price: Callable[..., Any]
) -> None:
    subscription = subscribe(9000)
    change(sdk, subscription, price(3000), proration_behavior="always_invoice")
    back = invoices_of(sdk, subscription)[-1]
    assert (back.amount_due, back.status) == (0, "paid")
    credit = sdk.v1.customers.retrieve(str(subscription.customer)).balance
    assert -6000 <= credit <= -5990
    control.renew_subscription(subscription.id)
    renewed = invoices_of(sdk, subscription)[-1]
    assert (renewed.total, renewed.amount_paid, renewed.starting_balance) == (3000, 0, credit)


def test_prorations_wait_for_the_next_invoice_unless_told_otherwise(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe, price: Callable[..., Any]
) -> None:
    subscription = subscribe(3000)
    change(sdk, subscription, price(9000))
    assert len(invoices_of(sdk, subscription)) == 1
    control.renew_subscription(subscription.id)
    lines = invoices_of(sdk, subscription)[-1].lines.data
    assert [line.parent.subscription_item_details.proration for line in lines] == [
        True, True, False,
    ]  # fmt: skip


def test_another_interval_begins_a_period_at_once(
    sdk: stripe.StripeClient, subscribe: Subscribe, price: Callable[..., Any]
) -> None:
    subscription = subscribe(3000)
    after = change(sdk, subscription, price(30_000, interval="year"))
    item = after["items"].data[0]
    assert item.current_period_end - item.current_period_start >= 365 * DAY
    assert invoices_of(sdk, subscription)[-1].total >= 27_000


def test_nothing_changes_when_an_upgrade_cannot_be_paid_and_must_be(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe, price: Callable[..., Any]
) -> None:
    subscription = subscribe(3000)
    control.card_works(str(subscription.customer), False)
    dear, how = price(9000), {"proration_behavior": "always_invoice"}
    with pytest.raises(stripe.CardError):
        change(sdk, subscription, dear, payment_behavior="error_if_incomplete", **how)
    kept = sdk.v1.subscriptions.retrieve(subscription.id)
    assert (kept.status, kept["items"].data[0].price.unit_amount) == ("active", 3000)
    assert change(sdk, subscription, dear, **how).status == "past_due"


def test_a_declined_card_makes_no_subscription(
    control: Rehearsal, sdk: stripe.StripeClient, page: Callable[..., Any]
) -> None:
    session = control.decline(page().id)
    assert (session["status"], session["subscription"]) == ("open", None)
    assert sdk.v1.subscriptions.list().data == []
    assert told(sdk) == ["charge.failed", "payment_intent.payment_failed"]


def test_the_first_invoice_may_wait_for_its_card(
    control: Rehearsal, sdk: stripe.StripeClient, price: Callable[..., Any]
) -> None:
    customer = sdk.v1.customers.create({"email": "amina@example.com"})
    params: Any = {
        "customer": customer.id,
        "items": [{"price": price().id}],
        "payment_behavior": "default_incomplete",
    }
    waiting = sdk.v1.subscriptions.create(params)
    assert waiting.status == "incomplete"
    assert control.expire_subscription(waiting.id)["status"] == "incomplete_expired"
    other = sdk.v1.subscriptions.create(params)
    assert sdk.v1.invoices.pay(str(other.latest_invoice)).status == "paid"
    assert sdk.v1.subscriptions.retrieve(other.id).status == "active"


def test_the_portal_cancels_resumes_and_changes_the_card(
    control: Rehearsal, sdk: stripe.StripeClient, subscribe: Subscribe
) -> None:
    subscription = subscribe()
    portal = sdk.v1.billing_portal.sessions.create(
        {"customer": str(subscription.customer), "return_url": "http://shop.test/account"}
    )

    def press(action: str) -> Any:
        data = {"action": action, "subscription": subscription.id}
        answer = httpx.post(portal.url, data=data, follow_redirects=True)
        assert answer.status_code == 200
        return sdk.v1.subscriptions.retrieve(subscription.id)

    assert "Cancel at the end of the period" in httpx.get(portal.url).text
    assert press("cancel").cancel_at_period_end
    assert not press("resume").cancel_at_period_end
    press("bad_card")
    assert control.advance_subscription(subscription.id)["status"] == "past_due"
    assert press("good_card").status == "active"


def test_the_modes_do_not_mix(page: Callable[..., Any], price: Callable[..., Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="recurring price"):
        page(mode="payment", subscription_data=None)
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent_data"):
        page(payment_intent_data={"description": "x"})
    with pytest.raises(stripe.InvalidRequestError, match="No such price"):
        page(line_items=[{"price": "price_none", "quantity": 1}])


def test_prices_are_found_by_their_lookup_key(
    sdk: stripe.StripeClient, price: Callable[..., Any]
) -> None:
    made = sdk.v1.prices.create(
        {"product": price().product, "currency": "usd", "unit_amount": 900,
         "recurring": {"interval": "month"}, "lookup_key": "pro_usd"}
    )  # fmt: skip
    assert [p.id for p in sdk.v1.prices.list({"lookup_keys": ["pro_usd"]}).data] == [made.id]
    (shown,) = sdk.v1.prices.list({"lookup_keys": ["pro_usd"], "expand": ["data.product"]}).data
    assert shown.product.name == "Tier at 2900"


def test_renewals_stand_in_the_gateways_book(
    server: RunningRehearsal, receiver: Receiver, control: Rehearsal, subscribe: Subscribe
) -> None:
    control.renew_subscription(subscribe().id)
    book = control.stripe_book()
    assert book["totals"]["eur"]["charged"] == 5800
    assert [p["status"] for p in book["invoice_payments"]] == ["paid", "paid"]
    kinds = {posted.event(server.webhook_secret).type for posted in receiver.wait_for(17)}
    assert {"invoice.paid", "customer.subscription.updated", "customer.created"} <= kinds


@pytest.mark.parametrize(
    ("start", "interval", "count", "anchor", "end"),
    [
        ("2026-01-31", "month", 1, "2026-01-31", "2026-02-28"),
        ("2026-02-28", "month", 1, "2026-01-31", "2026-03-31"),
        ("2026-12-15", "month", 1, "2026-01-15", "2027-01-15"),
        ("2024-02-29", "year", 1, "2024-02-29", "2025-02-28"),
        ("2026-11-30", "month", 3, "2026-11-30", "2027-02-28"),
        ("2026-01-31", "week", 2, "2026-01-31", "2026-02-14"),
        ("2026-01-31", "day", 1, "2026-01-31", "2026-02-01"),
    ],
)
def test_periods_keep_their_day_where_the_month_has_it(
    start: str, interval: str, count: int, anchor: str, end: str
) -> None:
    def at(day: str) -> int:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())

    assert period_end(at(start), interval, count, anchor=at(anchor)) == at(end)

"""The objects have the fields of the API version that the official SDK is made for."""

import inspect
import typing
from collections.abc import Callable
from typing import Any

import pytest
import stripe
from stripe._api_version import _ApiVersion

from rehearsal.client import Rehearsal
from rehearsal.stripe.book import API_VERSION, _templates
from rehearsal.stripe.expand import EXPANDABLE

SDK_CLASSES = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "customer": stripe.Customer,
    "balance_transaction": stripe.BalanceTransaction,
    "event": stripe.Event,
    "dispute": stripe.Dispute,
    "product": stripe.Product,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
    "invoice": stripe.Invoice,
    "invoice_line": stripe.InvoiceLineItem,
    "invoice_payment": stripe.InvoicePayment,
    "billing_portal.session": stripe.billing_portal.Session,
    "price": stripe.Price,
    "line_item": stripe.LineItem,
}


def test_the_version_is_the_one_of_the_installed_sdk() -> None:
    assert API_VERSION == _ApiVersion.CURRENT


@pytest.mark.parametrize("kind", SDK_CLASSES)
def test_an_object_has_no_field_that_the_version_removed_and_all_it_requires(kind: str) -> None:
    declared = {
        name: text
        for cls in SDK_CLASSES[kind].__mro__
        for name, text in inspect.get_annotations(cls).items()
        if not name.startswith("_") and "ClassVar" not in str(text)
    }
    template = _templates()[kind]
    assert set(template) - set(declared) == set()
    required = {name for name, text in declared.items() if not _may_be_missing(text)}
    assert required - set(template) == set()
    emptied = {name for name in required if template[name] is None}
    assert emptied == set()


def _may_be_missing(annotation: Any) -> bool:
    text = annotation if isinstance(annotation, str) else str(annotation)
    return "Optional[" in text or "None" in text or type(None) in typing.get_args(annotation)


def test_what_can_be_expanded_is_a_field_of_the_sdk() -> None:
    for kind, fields in EXPANDABLE.items():
        for field in fields if kind in SDK_CLASSES else ():  # others are parts of an object
            assert field in SDK_CLASSES[kind].__annotations__


def test_paid_objects_read_as_the_sdk_says(
    control: Rehearsal, sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    session = sdk.v1.checkout.sessions.retrieve(
        control.pay(new_session().id)["id"],
        {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items"]},
    )
    intent = session.payment_intent
    charge = intent.latest_charge
    assert isinstance(session, stripe.checkout.Session)
    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.receipt_url.startswith("http://127.0.0.1")
    assert charge.balance_transaction.fee_details[0].type == "stripe_fee"
    assert session.ui_mode == "hosted_page"

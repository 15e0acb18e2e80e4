"""What Stripe refuses: keys, parameters, amounts."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.params import decode_form, read_parameters
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.test_stripe_sessions import item


def refused(call: Callable[..., Any], **params: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(**params)
    return caught.value


def test_the_parameter_that_endive_removed_is_refused_by_name(
    new_session: Callable[..., Any],
) -> None:
    error = refused(new_session, payment_method_types=["card"])
    assert error.code == "payment_method_types_no_longer_supported"
    assert error.http_status == 400
    assert error.param == "payment_method_types"


def test_an_unknown_parameter_is_refused_by_its_full_name(new_session: Callable[..., Any]) -> None:
    assert refused(new_session, colour="red").param == "colour"
    bad = item(500)
    bad["price_data"]["colour"] = "red"
    error = refused(new_session, line_items=[bad])
    assert error.code == "parameter_unknown"
    assert error.param == "line_items[0][price_data][colour]"


def test_a_missing_parameter_is_refused_by_name(new_session: Callable[..., Any]) -> None:
    bad = item(500)
    del bad["price_data"]["currency"]
    error = refused(new_session, line_items=[bad])
    assert (error.code, error.param) == (
        "parameter_missing",
        "line_items[0][price_data][currency]",
    )
    assert refused(new_session, line_items=[]).code == "parameter_missing"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line_items": [item(20)]}, "amount_too_small"),
        ({"line_items": [item(99_999_999, quantity=2)]}, "amount_too_large"),
        ({"line_items": [item(-5)]}, "parameter_invalid_integer"),
        ({"line_items": [item(500, quantity=0)]}, "parameter_invalid_integer"),
        ({"line_items": [item(5124, "kwd")]}, "parameter_invalid_integer"),
        ({"line_items": [item(505, "ugx")]}, "parameter_invalid_integer"),
        ({"line_items": [item(500, "xxx")]}, None),
        ({"line_items": [item(500, "eur"), item(500, "usd")]}, None),
        ({"customer_email": "nobody"}, "email_invalid"),
        ({"success_url": "javascript:alert(1)"}, "url_invalid"),
        ({"mode": "subscription"}, None),
        ({"mode": "setup"}, None),
        ({"metadata": {"k" * 41: "v"}}, None),
        ({"metadata": {"k": "v" * 501}}, None),
        ({"expires_at": "tomorrow"}, "parameter_invalid_integer"),
    ],
)
def test_wrong_values_are_refused_with_stripes_codes(
    new_session: Callable[..., Any], change: dict[str, Any], code: str | None
) -> None:
    assert refused(new_session, **change).code == code


@pytest.mark.parametrize(
    ("currency", "unit_amount", "shown"),
    [
        ("jpy", 500, "500 JPY"),
        ("kwd", 5120, "5.120 KWD"),
        ("usd", 123456, "1,234.56 USD"),
        ("isk", 50000, "500.00 ISK"),
    ],
)
def test_amounts_are_shown_with_the_decimals_of_their_currency(
    new_session: Callable[..., Any], currency: str, unit_amount: int, shown: str
) -> None:
    session = new_session(line_items=[item(unit_amount, currency)])
    assert shown in httpx.get(session.url).text


def test_calls_without_a_test_key_are_401(server: RunningRehearsal) -> None:
    url = f"{server.stripe_base}/v1/charges"
    assert httpx.get(url).status_code == 401
    for key in ("sk_live_abc", "nonsense"):
        answer = httpx.get(url, headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "invalid_request_error"
    assert httpx.get(url, auth=("sk_test_abc", "")).status_code == 200


def test_unknown_urls_are_404_in_stripes_shape(server: RunningRehearsal) -> None:
    answer = httpx.get(
        f"{server.stripe_base}/v1/nothing", headers={"authorization": "Bearer sk_test_a"}
    )
    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


def test_nested_names_become_nested_values() -> None:
    assert decode_form(b"a=1&b[c]=2&b[d][]=3&b[d][]=4&e[0][f]=5") == {
        "a": "1",
        "b": {"c": "2", "d": {"0": "3", "1": "4"}},
        "e": {"0": {"f": "5"}},
    }


@pytest.mark.parametrize(
    "body",
    [
        b"line_items=x",
        b"line_items[a]=x",
        b"line_items[0]=x",
        b"metadata[a][b]=x",
        b"a[b]=1&a=2&a[b][c]=3",
        b"expand[x]=a",
        b"mode[a]=payment",
        b"success_url=\xff\xfe",
        b"line_items[0][quantity]=99999999999999999999",
        b"[]=1",
        b"=1",
        b"allow_promotion_codes=maybe",
        b"client_reference_id=%00",
    ],
)
def test_malformed_parameters_are_refusals_not_failures(body: bytes) -> None:
    with pytest.raises(StripeRefusal):
        read_parameters("checkout.sessions.create", body)

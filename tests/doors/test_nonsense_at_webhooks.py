"""Webhooks: forged, mutated and re-signed, oversized, at the bare door and at Django's.

The two doors are one function with two entries; what is stored by the bare one goes through
Django's connection here, so that it can be taken back.
"""

import copy
import hashlib
import hmac
import os
import random
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from django.http import HttpResponseNotFound

from core.enums import Queue
from core.events.worker import work_off
from core.intake import wsgi
from core.intake.door import MOST_BYTES
from core.intake.views import store
from core.models import Delivery
from payments.models import Payment
from payments.services.start import submit_payment
from payments.tests.house import signed, wrapped
from rehearsal.testing import RunningRehearsal
from tests.doors.caller import Caller
from tests.doors.manners import assert_single_line_headers, assert_tight_lipped
from tests.doors.nonsense import BODIES, VALUES
from tests.doors.writes import nothing_written, taken_back

SECRET = "whsec_tests"
PATH = "/webhooks/stripe/"
BODY = wrapped("customer.created", {"id": "cus_1", "object": "customer"}, id="evt_doors")
MUTANTS = int(os.environ.get("TRADEWIND_FUZZ", "0")) or 120


class Told(NamedTuple):
    """What a door answered."""

    status: int
    text: str
    headers: dict[str, str]


Door = Callable[..., Told]


@pytest.fixture(params=["view", "bare"])
def door(
    request: pytest.FixtureRequest, caller: Caller, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Door:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(wsgi, "store", store)
    return _view(caller) if request.param == "view" else _bare()


def _view(caller: Caller) -> Door:
    def post(body: bytes, path: str = PATH, method: str = "POST", **environ: Any) -> Told:
        # the test client's own stream fails when more is announced than there is
        environ["wsgi.input"] = BytesIO(body)
        answer = caller.send(method, path, body, **environ)
        return Told(answer.status_code, answer.content.decode(), dict(answer.items()))

    return post


def _bare() -> Door:
    def django(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("404 Not Found", [("X-Request-ID", "x" * 36)])
        return HttpResponseNotFound()

    application = wsgi.with_webhooks(django)

    def post(body: bytes, path: str = PATH, method: str = "POST", **environ: Any) -> Told:
        begun: list[Any] = []
        headers = environ.pop("headers", {})
        parts = application(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": BytesIO(body),
                **{f"HTTP_{n.upper().replace('-', '_')}": value for n, value in headers.items()},
                **environ,
            },
            lambda status, headers: begun.extend([status, dict(headers)]),
        )
        return Told(int(begun[0].split()[0]), b"".join(parts).decode(), begun[1])

    return post


def assert_told_well(told: Told) -> None:
    assert told.status < 500, told
    assert len(told.headers["X-Request-ID"]) >= 8
    assert_single_line_headers(_Headers(told.headers))
    assert_tight_lipped(told.text)


class _Headers(dict[str, str]):
    """A dict is enough of an answer for the check of headers."""


FORGERIES: dict[str, Callable[[str], str]] = {
    "none": lambda good: "",
    "empty parts": lambda good: "t=,v1=",
    "no time": lambda good: good.partition(",")[2],
    "no signature": lambda good: good.partition(",")[0],
    "a test scheme": lambda good: good.replace("v1=", "v0="),
    "another time": lambda good: good.replace("t=1", "t=2"),
    "a time in words": lambda good: "t=now," + good.partition(",")[2],
    "a time with a point": lambda good: good.replace(",", ".0,", 1),
    "superscript time": lambda good: "t=\u00b2," + good.partition(",")[2],
    "endless time": lambda good: "t=" + "9" * 5_000 + "," + good.partition(",")[2],
    "time twice": lambda good: good + ",t=1",
    "a flipped bit": lambda good: good[:-1] + ("0" if good[-1] != "0" else "1"),
    "half a signature": lambda good: good[:-32],
    "in capitals": lambda good: good.partition("v1=")[0] + "v1=" + good.partition("v1=")[2].upper(),
    "accents": lambda good: good[:-1] + "\u00e9",
    "NUL": lambda good: good + "\x00",
    "1,000 wrong ones first": lambda good: "v1=00," * 1_000 + good,
    "60 KB": lambda good: good.partition(",")[0] + ",v1=" + "a" * 60_000,
    "of another body": lambda good: signed(b"{}", SECRET)["Stripe-Signature"],
    "by another secret": lambda good: signed(BODY, "whsec_other")["Stripe-Signature"],
    "an old one": lambda good: signed(BODY, SECRET, at=time.time() - 400)["Stripe-Signature"],
    "of tomorrow": lambda good: signed(BODY, SECRET, at=time.time() + 400)["Stripe-Signature"],
}


def test_a_good_signature_is_the_measure(door: Door) -> None:
    assert door(BODY, headers=signed(BODY, SECRET)).status == 200


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_webhook_is_refused_and_not_stored(
    door: Door, forgery: Callable[[str], str]
) -> None:
    good = signed(BODY, SECRET)["Stripe-Signature"]
    with nothing_written():
        told = door(BODY, headers={"Stripe-Signature": forgery(good)})
    assert_told_well(told)
    assert told.status == 401, told


def test_one_changed_byte_anywhere_is_refused(door: Door) -> None:
    headers = signed(BODY, SECRET)
    with nothing_written():
        for place in range(len(BODY)):
            changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
            assert door(changed, headers=headers).status == 401
        assert door(BODY + b" ", headers=headers).status == 401
        assert door(BODY[:-1], headers=headers).status == 401


@pytest.mark.parametrize("name", BODIES)
def test_signed_nonsense_is_kept_or_refused_but_never_a_failure(door: Door, name: str) -> None:
    body = BODIES[name]
    told = door(body, headers=_sign(body))
    assert_told_well(told)
    assert told.status == 200, told  # it was signed: somebody meant to tell us something


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/", "/webhooks/stripe", "/webhooks/nobody/", "/webhooks/stripe/more/",
        "/webhooks/../stripe/", "/webhooks/stripe%00/", "/webhooks/" + "x" * 10_000 + "/",
        "/webhooks/\u00e9/", "/webhooks/stripe;x/", "/webhooks/ stripe/", "/webhooks/%2e%2e/",
        "/webhooks/a\r\nX-Injected: yes/",
    ],
    ids=lambda path: path[:30],
)  # fmt: skip
def test_other_paths_lead_nowhere(door: Door, path: str) -> None:
    with taken_back():
        told = door(BODY, path, headers=signed(BODY, SECRET))
    assert_told_well(told)
    assert told.status == (200 if path == "/webhooks/stripe" else 404), told


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_other_methods_are_refused(door: Door, method: str) -> None:
    with nothing_written():
        told = door(BODY, method=method, headers=signed(BODY, SECRET))
    assert (told.status, told.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("length", "status"),
    [
        ("x", 400), ("-1", 400), ("1e3", 400), ("\u00b2", 400), ("9" * 400, 413), (" 5", 400),
        (str(len(BODY) + 1), 400), (str(MOST_BYTES + 1), 413), ("1", 401), ("0", 401), ("", 401),
    ],
)  # fmt: skip
def test_a_wrong_length_is_refused(door: Door, length: str, status: int) -> None:
    with nothing_written():
        told = door(BODY, headers=signed(BODY, SECRET), CONTENT_LENGTH=length)
    assert_told_well(told)
    assert told.status == status, told


def test_too_much_is_413_signed_or_not(door: Door) -> None:
    body = b"x" * (MOST_BYTES + 1)
    with nothing_written():
        assert door(body, headers=_sign(body)).status == 413
        assert door(body).status == 413


def _sign(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Signed as Stripe's library would, also where the body is no text."""
    at = int(time.time())
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={digest}"}


# -- mutants: as if Stripe itself sent rubbish about a payment of ours ----------------------------

KINDS = {
    "checkout.session.completed": "session",
    "checkout.session.expired": "session",
    "checkout.session.async_payment_failed": "session",
    "payment_intent.succeeded": "intent",
    "charge.refunded": "charge",
    "charge.dispute.created": "dispute",
}


@pytest.fixture
def told_about_ours(caller: Caller, gateway: RunningRehearsal) -> dict[str, dict[str, Any]]:
    """The objects of a payment that was really paid at the rehearsal."""
    reference = caller.world.things["shop"]["reference"]
    payment = submit_payment(payment_id=Payment.objects.get(reference=reference).pk)
    session_id = payment.attempts.get().gateway_ref
    gateway.client.pay(str(session_id))
    listed = gateway.client.http.get(
        "/stripe/v1/events", params={"limit": 100}, auth=("sk_test_x", "")
    ).json()["data"]
    objects = {event["data"]["object"]["object"]: event["data"]["object"] for event in listed}
    return {
        "session": objects["checkout.session"],
        "intent": objects["payment_intent"],
        "charge": objects["charge"],
        "dispute": {"id": "dp_1", "object": "dispute", "charge": objects["charge"]["id"],
                    "payment_intent": objects["payment_intent"]["id"], "amount": 1250,
                    "currency": "eur", "status": "needs_response", "reason": "fraudulent"},
    }  # fmt: skip


def mutants(objects: dict[str, dict[str, Any]], *, seed: int) -> Iterator[tuple[str, bytes]]:
    """Events about our payment with one or two values exchanged, or a few bytes flipped."""
    dice = random.Random(seed)
    for number in range(MUTANTS):
        kind = dice.choice(sorted(KINDS))
        about = copy.deepcopy(objects[KINDS[kind]])
        names = []
        for _ in range(dice.choice([1, 1, 2])):
            holder, key = dice.choice(list(_leaves(about)))
            name = dice.choice(sorted(VALUES))
            names.append(f"{key} = {name}")
            holder[key] = copy.deepcopy(VALUES[name])
        body = bytearray(wrapped(kind, about, id=f"evt_mutant_{seed}_{number}"))
        if number % 3 == 0:
            names.append("flipped bytes")
            for _ in range(dice.randint(1, 4)):
                body[dice.randrange(len(body))] = dice.randrange(256)
        yield f"{kind}: {', '.join(names)}", bytes(body)


def _leaves(node: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of every value, boxes included."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from _leaves(value)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_signed_mutant_neither_fails_at_the_door_nor_surprises_the_worker(
    caller: Caller, told_about_ours: dict[str, dict[str, Any]], gateway: RunningRehearsal, seed: int
) -> None:
    surprises = []
    for name, body in mutants(told_about_ours, seed=seed):
        with taken_back():
            headers = _sign(body, gateway.webhook_secret)
            answer = caller.send("POST", PATH, body, headers=headers)
            if answer.status_code >= 500:
                surprises.append(f"{name}: {answer.status_code}")
            work_off(Queue.MONEY)
            surprises += [
                f"{name}: {delivery.subscriber}\n{delivery.last_error[-700:]}"
                for delivery in Delivery.objects.exclude(last_error="")
                if "Traceback" in delivery.last_error
            ]
    assert not surprises, "\n\n".join(surprises)

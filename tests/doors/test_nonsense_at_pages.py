"""Pages for people: nonsense in their addresses and forms. No envelope here, but no 5xx either."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode
from zlib import crc32

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.lookups import forget_everything
from tests.doors.caller import Caller
from tests.doors.manners import assert_single_line_headers
from tests.doors.nonsense import PLACES, QUERIES, QUERY_VALUES, VALUES
from tests.doors.world import PASSWORD
from tests.doors.writes import nothing_written

MODELS = sorted((model._meta.app_label, model._meta.model_name) for model in admin.site._registry)
CHANGELIST_WORDS = [
    "q", "p", "o", "e", "all", "_facets", "id__exact", "pk__in", "_to_field", "_popup",
    "created_at__year", "status__exact", "user__password__startswith",
]  # fmt: skip
TEXTS = ["NUL", "SQL", "huge", "minus one"]
IDS = ["a word", "a huge number", "NUL", "bad UTF-8", "the nil id"]
AWAY = [
    "https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example",
    "https:evil.example", "\thttps://evil.example",
]  # fmt: skip


@pytest.fixture
def staff(caller: Caller) -> Client:
    """The admin's browser."""
    forget_everything()
    browser = Client(raise_request_exception=False)
    browser.force_login(caller.world.users["admin"], backend="accounts.backends.EmailBackend")
    return browser


def complaint_about(response: Any, name: str) -> str:
    text = response.content.decode("utf-8", "replace") if not response.streaming else ""
    if response.status_code >= 500:
        return f"{name}: {response.status_code}"
    if "Traceback (most recent call last)" in text:
        return f"{name}: tells a stack"
    assert_single_line_headers(response)
    assert response["X-Request-ID"]
    return ""


def complaints(answers: Iterator[tuple[str, Any]]) -> str:
    return "\n".join(filter(None, (complaint_about(answer, name) for name, answer in answers)))


def texts_for(word: str, model: str) -> list[str]:
    """Searches are tried with everything, other words with one text, another one at each list."""
    if word == "q" or "TRADEWIND_FUZZ" in os.environ:
        return TEXTS
    return [TEXTS[crc32(f"{model} {word}".encode()) % len(TEXTS)]]


@pytest.mark.parametrize(("app", "model"), MODELS, ids=[".".join(m) for m in MODELS])
def test_no_question_to_a_list_of_the_admin_does_harm(staff: Client, app: str, model: str) -> None:
    path = reverse(f"admin:{app}_{model}_changelist")

    def answers() -> Iterator[tuple[str, Any]]:
        for word in CHANGELIST_WORDS:
            for name in texts_for(word, model):
                query = urlencode({word: QUERY_VALUES[name]})
                yield f"{word}={name}", staff.get(f"{path}?{query}")
        for name in ("bad UTF-8", "bad percent"):
            yield name, staff.get(path, QUERY_STRING=QUERIES[name])

    with nothing_written():
        assert not complaints(answers())


@pytest.mark.parametrize(("app", "model"), MODELS, ids=[".".join(m) for m in MODELS])
def test_no_address_in_the_admin_does_harm(staff: Client, app: str, model: str) -> None:
    base = reverse(f"admin:{app}_{model}_changelist")

    def answers() -> Iterator[tuple[str, Any]]:
        for name in (
            "a word",
            "a huge number",
            "NUL",
            "minus one",
            "SQL",
            "bad UTF-8",
            "the nil id",
        ):
            for page in ("change/", "delete/", "history/", ""):
                yield f"{name} {page}", staff.get(f"{base}{PLACES[name]}/{page}")

    with nothing_written():
        assert not complaints(answers())


@pytest.mark.parametrize(("app", "model"), MODELS, ids=[".".join(m) for m in MODELS])
def test_no_form_sent_to_the_admin_does_harm(staff: Client, app: str, model: str) -> None:
    base = reverse(f"admin:{app}_{model}_changelist")
    forms: dict[str, dict[str, Any]] = {
        "nothing": {},
        "an action nobody wrote": {"action": "drop", "_selected_action": "1"},
        "an action on NUL": {"action": "delete_selected", "_selected_action": "a\x00"},
        "an action on a word": {"action": "delete_selected", "_selected_action": "x", "post": "y"},
        "formset rubbish": {"form-TOTAL_FORMS": "9" * 20, "form-INITIAL_FORMS": "-1", "_save": "1"},
    }

    def answers() -> Iterator[tuple[str, Any]]:
        for name, form in forms.items():
            yield f"list: {name}", staff.post(base, form)
            yield f"add: {name}", staff.post(f"{base}add/", form)

    with nothing_written():
        assert not complaints(answers())


PAGES = [
    "/", "/accounts/login/", "/accounts/password/reset/", "/accounts/confirm-email/{}/",
    "/accounts/password/reset/key/{}/", "/accounts/2fa/authenticate/", "/payments/{}/",
    "/health/live/", "/health/ready/", "/admin/login/", "/static/{}", "/media/{}",
    "/{}", "/accounts/{}/", "/admin/{}/", "/admin/r/{}/x/", "/admin/jsi18n/", "/api/v1/docs/",
    "/api/v1/schema/", "/choices/{}/", "/unsubscribe/{}/",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_address_of_a_page_does_harm(caller: Caller, page: str) -> None:
    def answers() -> Iterator[tuple[str, Any]]:
        for name, place in PLACES.items() if "{}" in page else [("", "")]:
            yield name, caller.send("GET", page.format(place))
        path = page.format("x")
        for name, query in QUERIES.items():
            yield name, caller.send("GET", path, QUERY_STRING=query)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
            yield method, caller.send(method, path, b"\xff\x00", kind="text/plain")

    with nothing_written():
        assert not complaints(answers())


FORMS = {
    "/accounts/login/": ["login", "password", "next"],
    "/accounts/password/reset/": ["email"],
    "/accounts/2fa/authenticate/": ["code"],
    "/admin/login/": ["username", "password", "next"],
}


@pytest.mark.parametrize("page", FORMS)
def test_no_value_in_a_form_of_a_page_does_harm(caller: Caller, page: str) -> None:
    texts = {name: value for name, value in VALUES.items() if isinstance(value, str)}

    def answers() -> Iterator[tuple[str, Any]]:
        browser = Client(raise_request_exception=False)
        for field in FORMS[page]:
            for name, value in texts.items():
                proper = dict.fromkeys(FORMS[page], "ada@buyers.example")
                body = "&".join(
                    f"{quote(key)}={quote(text, errors='surrogatepass')}"
                    for key, text in (proper | {field: value}).items()
                )
                yield (
                    f"{field} = {name}",
                    browser.post(page, body, content_type="application/x-www-form-urlencoded"),
                )

    with nothing_written():
        assert not complaints(answers())


@pytest.mark.parametrize("where", AWAY)
@pytest.mark.parametrize("page", ["/accounts/login/", "/admin/login/"])
def test_nobody_is_sent_away_after_logging_in(caller: Caller, page: str, where: str) -> None:
    browser = Client(raise_request_exception=False)
    manager = caller.world.users["manager"].email
    response = browser.post(
        f"{page}?{urlencode({'next': where})}",
        {"login": manager, "username": manager, "password": PASSWORD, "next": where},
    )
    assert response.status_code in {200, 302}
    assert "evil.example" not in response.get("Location", "").partition("?")[0]
    assert not response.get("Location", "").startswith("javascript")


def test_a_form_without_the_token_of_its_page_is_refused(caller: Caller) -> None:
    for page in FORMS:
        response = caller.send("POST", page, b"a=1", kind="application/x-www-form-urlencoded")
        assert response.status_code == 403, page

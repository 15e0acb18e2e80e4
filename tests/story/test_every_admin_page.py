"""Each registered admin page, asked over HTTP on a running product with real commits.

A test inside one transaction cannot see what breaks when the request's own has ended.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import httpx
import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from tests.product import Product
from tests.story.browser import DEMO_PASSWORD
from tests.story.conftest import PaidOrder

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture(scope="module")
def staff(product: Product, paid: PaidOrder) -> Iterator[httpx.Client]:
    """The demo's admin with a session, made through the login page."""
    client = httpx.Client(base_url=product.url, timeout=60, trust_env=False)
    login = "/accounts/login/"
    form = client.get(login).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token is not None
    given = {"login": "admin@example.com", "password": DEMO_PASSWORD}
    answer = client.post(
        login,
        data=given | {"csrfmiddlewaretoken": token[1]},
        headers={"Referer": product.url + login},
    )
    assert answer.status_code == 302, answer.text
    yield client
    client.close()


def page_of(model: type[Model], name: str, *args: Any) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=args)


MOST_SORTINGS = 4  # of a list; more are left out evenly
TYPED = re.compile(r'<input type="(\w+)"\s[^>]*?name="([\w.]+)"[^>]*>')
CHOSEN = re.compile(r'<select[^>]*?name="([\w.]+)"[^>]*>(.*?)</select>', re.DOTALL)
NOBODY = str(UUID(int=0))


def questions(page: str) -> list[str]:
    """What a list itself offers to ask: every filter once, some sortings, and a search."""
    links = sorted({unescape(link) for link in re.findall(r'href="(\?[^"]+)"', page)})
    one_each = {tuple(parse_qs(link[1:], keep_blank_values=True)): link for link in links}
    sortings = [link for link in links if link.startswith("?o=")]
    one_each.pop(("o",), None)
    return [
        *one_each.values(),
        *sortings[:: max(1, len(sortings) // MOST_SORTINGS)],
        *filter(None, [_filled(page.partition('id="filter-form"')[2].partition("</form>")[0])]),
        "?q=ada",
    ]


def _filled(form: str) -> str:
    """The filters that are typed or chosen into, all at once; "" where there are none."""
    given = {}
    for field in TYPED.finditer(form):
        kind, name = field.groups()
        if "vDateField" in field[0]:
            given[name] = "2026-01-01"
        elif "vTimeField" in field[0]:
            given[name] = "00:00"
        elif kind != "hidden":
            given[name] = "1"
    for name, options in CHOSEN.findall(form):
        choices = re.findall(r'value="([^"]+)"', options)
        given[name] = choices[0] if choices else NOBODY
    return "?" + urlencode(given) if given else ""


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_the_pages_of_a_model_open(
    model: type[Model], staff: httpx.Client, product: Product
) -> None:
    changelist = page_of(model, "changelist")
    listed = staff.get(changelist)
    assert listed.status_code == 200, listed.text

    for query in questions(listed.text):
        answer = staff.get(changelist + query)  # one it cannot read would be sent elsewhere
        assert answer.status_code == 200, f"{changelist}{query}: {answer.status_code}"

    add = page_of(model, "add")
    assert staff.get(add).status_code == (200 if f'href="{add}' in listed.text else 403)

    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    for (pk,) in product.query(f'SELECT "{key}" FROM "{table}" ORDER BY 1 LIMIT 1'):
        for name in ("change", "history"):
            answer = staff.get(page_of(model, name, pk))
            assert answer.status_code == 200, f"{name}: {answer.status_code} {answer.text[:500]}"
            assert not re.search(r"\(&#x27;\w+&#x27;, &#x27;", answer.text), f"{name}: raw tuple"

"""Each registered admin page, asked over HTTP on a running product with real commits.

A test inside one transaction cannot see what breaks when the request's own has ended.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

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


MOST_LINKS = 15  # of a list; more are left out evenly


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_the_pages_of_a_model_open(
    model: type[Model], staff: httpx.Client, product: Product
) -> None:
    changelist = page_of(model, "changelist")
    listed = staff.get(changelist)
    assert listed.status_code == 200, listed.text

    # Sortings, pages and filters the list itself offers, and a search.
    offered = {unescape(link) for link in re.findall(r'href="(\?[^"]+)"', listed.text)}
    for query in [*sorted(offered)[:: max(1, len(offered) // MOST_LINKS)], "?q=ada"]:
        answer = staff.get(changelist + query, follow_redirects=True)
        assert answer.status_code == 200, f"{changelist}{query}: {answer.status_code}"

    add = page_of(model, "add")
    assert staff.get(add).status_code == (200 if f'href="{add}' in listed.text else 403)

    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    for (pk,) in product.query(f'SELECT "{key}" FROM "{table}" ORDER BY 1 LIMIT 1'):
        for name in ("change", "history"):
            answer = staff.get(page_of(model, name, pk))
            assert answer.status_code == 200, f"{name}: {answer.status_code} {answer.text[:500]}"
            assert not re.search(r"\(&#x27;\w+&#x27;, &#x27;", answer.text), f"{name}: raw tuple"

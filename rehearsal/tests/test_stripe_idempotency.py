"""Idempotency-Key as Stripe treats it."""

from typing import Any

import httpx
import pytest

from rehearsal.testing import RunningRehearsal

SESSION = {
    "success_url": "http://shop.test/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "900",
    "line_items[0][price_data][product_data][name]": "Tea",
}


@pytest.fixture
def post(server: RunningRehearsal) -> Any:
    def send(key: str, data: dict[str, str], path: str = "/v1/checkout/sessions") -> httpx.Response:
        return httpx.post(
            server.stripe_base + path,
            data=data,
            headers={"authorization": "Bearer sk_test_a", "idempotency-key": key},
        )

    return send


def test_the_first_answer_is_given_again_and_nothing_is_done_twice(
    server: RunningRehearsal, post: Any
) -> None:
    first, second = post("k1", SESSION), post("k1", SESSION)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["original-request"] == first.headers["request-id"]
    assert "idempotent-replayed" not in first.headers
    assert len(server.client.stripe_book()["sessions"]) == 1


def test_a_500_is_replayed_too(server: RunningRehearsal, post: Any) -> None:
    server.client.add_fault("status", status=500, times=1)
    first, second = post("k2", SESSION), post("k2", SESSION)
    assert [first.status_code, second.status_code] == [500, 500]
    assert first.json()["error"]["type"] == "api_error"
    assert second.headers["idempotent-replayed"] == "true"
    assert server.client.stripe_book()["sessions"] == []
    assert post("k3", SESSION).status_code == 200


def test_a_refused_request_does_not_use_up_its_key(server: RunningRehearsal, post: Any) -> None:
    assert post("k4", {**SESSION, "colour": "red"}).status_code == 400
    server.client.add_fault("status", status=429, times=1, retry_after=3)
    limited = post("k4", SESSION)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")
    assert post("k4", SESSION).status_code == 200


def test_a_key_is_good_for_the_same_parameters_and_path_only(post: Any) -> None:
    assert post("k5", SESSION).status_code == 200
    changed = post("k5", {**SESSION, "client_reference_id": "other"})
    assert changed.status_code == 400
    assert changed.json()["error"]["type"] == "idempotency_error"
    elsewhere = post("k5", {"email": "a@example.com"}, "/v1/customers")
    assert "same endpoint" in elsewhere.json()["error"]["message"]
    in_other_order = dict(reversed(list(SESSION.items())))
    assert post("k5", in_other_order).status_code == 200


def test_a_key_has_at_most_255_characters(post: Any) -> None:
    assert post("k" * 255, SESSION).status_code == 200
    assert post("k" * 256, SESSION).status_code == 400

"""Where a request came from, and what happens when the house itself is in trouble."""

import pytest
from django.test import Client
from django.test.utils import override_settings

from core.requests.client import UNKNOWN, client_address, network_of
from core.requests.context import current_caller, current_request_id

FORWARDED = "203.0.113.9, 198.51.100.7, 192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "address"),
    [
        (0, "10.0.0.1"),
        (1, "192.0.2.1"),
        (2, "198.51.100.7"),
        (3, "203.0.113.9"),
        (9, "203.0.113.9"),
    ],
)
def test_only_as_many_entries_count_as_there_are_proxies_of_ours(
    proxies: int, address: str
) -> None:
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": FORWARDED}
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_address(meta) == address


def test_what_the_caller_wrote_himself_does_not_count() -> None:
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"127.0.0.1, {FORWARDED}"}
    with override_settings(TRUSTED_PROXIES=1):
        assert client_address(meta) == "192.0.2.1"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("192.0.2.1:4711", "192.0.2.1"), ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:DB8::0001", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"), ("unknown", UNKNOWN), ("_hidden", UNKNOWN), ("", "10.0.0.1"),
        ("<script>", UNKNOWN), ("999.1.1.1", UNKNOWN), (" , ,", "10.0.0.1"),
    ],
)  # fmt: skip
def test_addresses_are_read_in_every_spelling(given: str, address: str) -> None:
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": given}
    with override_settings(TRUSTED_PROXIES=1):
        assert client_address(meta) == address


def test_a_socket_without_address_is_nobody() -> None:
    assert client_address({}) == client_address({"REMOTE_ADDR": ""}) == UNKNOWN


def test_a_household_is_one_network() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1")
    assert network_of("192.0.2.1") == "192.0.2.1"


@pytest.mark.django_db
def test_nothing_of_a_request_stays_behind_it() -> None:
    Client().get("/api/v1/nowhere/", headers={"X-Request-ID": "request-1"})
    assert current_request_id() == ""
    assert current_caller().address is None


@pytest.mark.django_db
@pytest.mark.urls("core.tests.api_doors")
def test_a_page_that_misses_the_database_is_503_and_says_when_to_come_back() -> None:
    response = Client(raise_request_exception=False).get("/page/")
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response["X-Request-ID"]

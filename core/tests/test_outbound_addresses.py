"""Which addresses the house calls, and which forms of hiding one it sees through."""

import pytest

from core.outbound import AddressRefused, OutboundClient, OutboundError, check_url
from core.outbound.addresses import Guard, is_public
from core.outbound.breaker_stores import MemoryStore
from core.tests.outbound_helpers import OK, answering, server, status

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104  - never bound
    "224.0.0.1", "255.255.255.255", "192.0.2.1",
    "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "not-an-address", "",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_seen_in_every_dress(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(address)


URLS = [
    "https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://localhost.:{port}/",
    "https://2130706433:{port}/", "https://0x7f000001:{port}/", "https://0177.0.0.1:{port}/",
    "https://127.1:{port}/", "https://0:{port}/", "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/", "https://[::ffff:7f00:1]:{port}/",
    "https://[::]:{port}/", "https://user@127.0.0.1:{port}/", "https://a:b@127.0.0.1:{port}/",
    "https://example.com@127.0.0.1:{port}/", "https://127.0.0.1:{port}#@example.com/",
    "https://①②⑦.⓪.⓪.①:{port}/", "https://127。0。0。1:{port}/", "http://127.0.0.1:{port}/",
    "https://LOCALHOST:{port}/", "ftp://127.0.0.1:{port}/", "file:///etc/passwd",
    "//127.0.0.1:{port}/", "https://", "https:///path", "gopher://127.0.0.1:{port}/_x",
    "https://[64:ff9b::7f00:1]:{port}/", "https://127.0.0.1\\@example.com:{port}/", "",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_no_form_of_a_typed_url_reaches_this_machine(url: str) -> None:
    with server(answering(OK)) as listening:
        client = OutboundClient(service="alerts", breakers=MemoryStore())
        with pytest.raises(OutboundError):  # refused, or a name that this machine does not know
            client.request("POST", url.format(port=listening.port), operation="alert")
        assert listening.requests == []


def test_a_name_that_answers_differently_the_second_time_gains_nothing() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with server(answering(OK)) as listening:
        guard = Guard(resolver=rebinding)
        assert guard.addresses("evil.example", listening.port) == ["93.184.216.34"]
        client = OutboundClient(service="alerts", resolver=rebinding)
        with pytest.raises(AddressRefused):
            client.request("GET", f"https://evil.example:{listening.port}/", operation="alert")
        assert listening.requests == []
    assert len(asked) == 2, "the address is resolved once per connection, and used as judged"


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    guard = Guard(resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        guard.addresses("mixed.example", 443)


def test_redirects_are_not_followed() -> None:
    to_metadata = status(302, "Location: http://169.254.169.254/latest/meta-data/\r\n")
    with server(answering(to_metadata)) as listening:
        answer = OutboundClient(service="shop", base_url=listening.base).request(
            "GET", "/", operation="look"
        )
    assert answer.status == 302
    assert not answer.ok


def test_the_operator_can_name_an_inside_place(settings) -> None:
    with server(answering(OK)) as listening:
        settings.OUTBOUND_ALLOW_PRIVATE = [f"127.0.0.1:{listening.port}"]
        client = OutboundClient(service="alerts")
        assert client.request("GET", f"{listening.base}/", operation="alert").ok
        other = f"http://127.0.0.1:{listening.port + 1}/"
        with pytest.raises(AddressRefused):
            client.request("GET", other, operation="alert")


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "x", "/a/../../b"])
def test_a_gateway_client_stays_below_its_base(path: str) -> None:
    client = OutboundClient(service="gateway", base_url="http://127.0.0.1:1/v1")
    with pytest.raises(AddressRefused):
        client.request("GET", path, operation="look")


def test_a_gateway_base_on_a_private_network_needs_the_operators_word() -> None:
    with pytest.raises(AddressRefused):
        OutboundClient(service="gateway", base_url="http://10.0.0.1/v1")


def test_https_addresses_pass_the_first_look() -> None:
    assert check_url("https://hooks.example.com/x?y=1").host == "hooks.example.com"

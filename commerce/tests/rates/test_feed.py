"""What the bank's files say, and what of it is not believed."""

from datetime import date
from decimal import Decimal

import pytest

from commerce.rates import feed as feeds
from commerce.rates.feed import FeedUnreadable, read_feed

TODAY = date(2026, 11, 29)
HEAD = (
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
    'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>'
)
FOOT = "</Cube></gesmes:Envelope>"


def day(said: str, *figures: tuple[str, str]) -> str:
    cubes = "".join(f'<Cube currency="{code}" rate="{rate}"/>' for code, rate in figures)
    return f'<Cube time="{said}">{cubes}</Cube>'


def read(*days: str) -> feeds.Feed:
    return read_feed((HEAD + "".join(days) + FOOT).encode(), today=TODAY)


def test_figures_stand_under_their_day_oldest_first() -> None:
    found = read(
        day("2026-11-27", ("USD", "1.0850"), ("JPY", "162.31")), day("2026-11-26", ("USD", "1.08"))
    )
    assert [(rate.day, rate.currency, rate.per_euro) for rate in found.rates] == [
        (date(2026, 11, 26), "USD", Decimal("1.08")),
        (date(2026, 11, 27), "JPY", Decimal("162.31")),
        (date(2026, 11, 27), "USD", Decimal("1.0850")),
    ]
    assert not found.problems


@pytest.mark.parametrize(
    "figure",
    [
        "0",
        "-1.08",
        "NaN",
        "Infinity",
        "1e3",
        "1_0",
        "",
        " 1.08",
        "1,08",
        "٣",
        "0.00000000001",
        "12345678901",
    ],
)
def test_a_figure_that_cannot_be_right_is_left_out_and_named(figure: str) -> None:
    found = read(day("2026-11-27", ("USD", figure), ("GBP", "0.85")))
    assert [rate.currency for rate in found.rates] == ["GBP"]
    assert found.left_out == 1
    assert "USD" in found.problems[0]


def test_a_currency_that_is_not_quoted_any_more_is_no_problem() -> None:
    found = read(day("2026-11-27", ("RUB", "N/A"), ("GBP", "0.85")))
    assert (len(found.rates), found.left_out) == (1, 0)


@pytest.mark.parametrize("code", ["EUR", "usd", "XYZ", "US", "DOLLARS", "XAU"])
def test_only_currencies_have_rates(code: str) -> None:
    found = read(day("2026-11-27", (code, "1.08"), ("GBP", "0.85")))
    assert [rate.currency for rate in found.rates] == ["GBP"]
    assert found.left_out == 1


@pytest.mark.parametrize(
    "said", ["2026-11-30", "2099-01-01", "1998-12-31", "yesterday", "2026-02-30"]
)
def test_a_day_that_cannot_have_been_published_is_left_out(said: str) -> None:
    found = read(day(said, ("USD", "1.08")), day("2026-11-27", ("USD", "1.09")))
    assert [rate.day for rate in found.rates] == [date(2026, 11, 27)]
    assert found.problems


def test_two_figures_for_one_day_are_a_contradiction_the_same_twice_is_not() -> None:
    found = read(day("2026-11-27", ("USD", "1.08"), ("USD", "1.08"), ("USD", "1.09")))
    assert [rate.per_euro for rate in found.rates] == [Decimal("1.08")]
    assert found.left_out == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sorry</html>",
        b"not xml",
        (HEAD + day("2026-11-27", ("USD", "1.08"))).encode(),  # cut off
        (HEAD + FOOT).encode(),
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_file_of_rates_is_refused_whole(body: bytes) -> None:
    with pytest.raises(FeedUnreadable):
        read_feed(body, today=TODAY)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY e "1.08">]>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_entities_and_document_types_are_refused(doctype: str) -> None:
    body = doctype + HEAD + day("2026-11-27", ("USD", "&e;")) + FOOT
    with pytest.raises(FeedUnreadable):
        read_feed(body.encode(), today=TODAY)


def test_a_file_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_BYTES", 100)
    with pytest.raises(FeedUnreadable, match="bytes"):
        read(day("2026-11-27", ("USD", "1.08")))
    monkeypatch.setattr(feeds, "MOST_BYTES", 10_000)
    monkeypatch.setattr(feeds, "MOST_FIGURES", 2)
    with pytest.raises(FeedUnreadable, match="figures"):
        read(day("2026-11-27", ("USD", "1.08"), ("GBP", "0.8"), ("JPY", "162")))

"""Whether a value fits a field, and what becomes of what a product holds. No database."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from commerce.custom_fields import Field, Misfit, merged, missing_in, strays_in
from commerce.enums import FieldType
from commerce.models.exact_json import ExactDecoder, ExactEncoder
from core.errors import Invalid


def field(kind: str, key: str = "it", **more: Any) -> Field:
    return Field(key=key, type=FieldType(kind), label={"en": key}, help_text={}, **more)


COLOURS = ("red", "green", "blue")


@pytest.mark.parametrize(
    ("asked", "value", "kept"),
    [
        (field("text"), "  iron  ", "iron"),
        (field("text", minimum=Decimal(2), maximum=Decimal(4)), "iron", "iron"),
        (field("number"), 7, 7),
        (field("number"), Decimal("12.50"), Decimal("12.5")),
        (field("number"), Decimal("2.000"), 2),
        (field("number"), Decimal("1E+3"), 1000),
        (field("number"), Decimal("-0.0000000001"), Decimal("-0.0000000001")),
        (field("number"), Decimal("99999999999999999999.9999999999"),
         Decimal("99999999999999999999.9999999999")),
        (field("number", maximum=Decimal("1.5")), Decimal("1.5"), Decimal("1.5")),
        (field("boolean"), False, False),
        (field("date"), "2026-02-28", "2026-02-28"),
        (field("date"), date(2026, 2, 28), "2026-02-28"),
        (field("choice", choices=COLOURS), "red", "red"),
        (field("multi_choice", choices=COLOURS), ["blue", "red"], ["red", "blue"]),
    ],
)  # fmt: skip
def test_what_fits_is_kept_in_one_form(asked: Field, value: Any, kept: Any) -> None:
    found = asked.fitting(value)
    assert found == kept
    assert type(found) is type(kept)
    assert asked.fitting(found) == found  # what is kept fits
    assert json.loads(json.dumps({"v": found}, cls=ExactEncoder), cls=ExactDecoder) == {"v": found}


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (field("text"), 7), (field("text"), ""), (field("text"), "a\x00b"),
        (field("text"), "x" * 1001), (field("text", maximum=Decimal(3)), "iron"),
        (field("number"), "7"), (field("number"), True), (field("number"), 1.5),
        (field("number"), Decimal("NaN")), (field("number"), Decimal("Infinity")),
        (field("number"), 10**20), (field("number"), Decimal("1E+9999")),
        (field("number"), Decimal("1E-9999")), (field("number"), Decimal("0.00000000001")),
        (field("number", decimals=0), Decimal("1.5")),
        (field("number", decimals=1), Decimal("1.25")),
        (field("number", minimum=Decimal(2)), 1), (field("number", maximum=Decimal(2)), 3),
        (field("boolean"), "true"), (field("boolean"), 1), (field("boolean"), None),
        (field("date"), "2026-02-30"), (field("date"), "2026-2-3"), (field("date"), "20260203"),
        (field("date"), "2026-02-03T00:00:00Z"), (field("date"), 20260203),
        (field("date"), "٢٠٢٦-٠٢-٠٣"),
        (field("date", earliest=date(2026, 1, 1)), "2025-12-31"),
        (field("date", latest=date(2026, 1, 1)), "2026-01-02"),
        (field("choice", choices=COLOURS), "pink"), (field("choice", choices=COLOURS), ["red"]),
        (field("multi_choice", choices=COLOURS), "red"),
        (field("multi_choice", choices=COLOURS), []),
        (field("multi_choice", choices=COLOURS), ["red", "red"]),
        (field("multi_choice", choices=COLOURS), ["red", {}]),
        (field("multi_choice", choices=COLOURS, maximum=Decimal(1)), ["red", "blue"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_words(asked: Field, value: Any) -> None:
    with pytest.raises(Misfit, match=r"^[A-Z].*[.]$"):
        asked.fitting(value)


FIELDS = [
    field("number", "weight", required=True),
    field("choice", "color", choices=COLOURS),
    field("text", "fabric"),
]


def test_given_values_are_laid_over_those_held_and_null_takes_away() -> None:
    held = {"weight": 2, "fabric": "wool", "old": "stays"}
    given = {"color": "red", "fabric": None}
    assert merged(FIELDS, given=given, held=held) == {"weight": 2, "color": "red", "old": "stays"}
    assert held["fabric"] == "wool"
    assert "old" not in merged(FIELDS, given={"old": None}, held=held)


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        merged(FIELDS, given={"color": "pink", "size": 7, "weight": "x"}, held={})
    details = refused.value.details["custom_fields"]
    assert set(details) == {"color", "size", "weight"}
    assert "color, fabric, weight" in details["size"][0]


def test_what_no_longer_belongs_is_told_and_what_is_missing_too() -> None:
    held = {"color": "pink", "old": 1, "fabric": "wool"}
    assert strays_in(FIELDS, held) == ["color", "old"]
    assert missing_in(FIELDS, held) == ["weight"]


def test_labels_fall_back_to_english_then_to_any() -> None:
    told = Field("k", FieldType.TEXT, {"en": "Colour", "fr": "Couleur"}, {})
    assert [told.text(code) for code in ("fr", "fr-CA", "ar")] == ["Couleur", "Couleur", "Colour"]
    assert Field("k", FieldType.TEXT, {"ar": "لون"}, {}).text("fr") == "لون"

"""Fields of a body: strict, and every mistake is named."""

from typing import Any

import pytest
from rest_framework import serializers

from core.api.fields import (
    Input,
    JsonField,
    MoneyField,
    TextField,
    TrueFalseField,
    WholeNumberField,
)
from core.api.parser import parse_object
from core.money import Money


class Inner(Input):
    colour = TextField()


class Body(Input):
    text = TextField(required=False)
    count = WholeNumberField(required=False, min_value=1)
    flag = TrueFalseField(required=False)
    price = MoneyField(required=False)
    fee = MoneyField(required=False, positive=True)
    free = JsonField(required=False)
    inner = Inner(required=False)
    inners = Inner(many=True, required=False)


def errors(data: dict[str, Any]) -> Any:
    body = Body(data=data)
    assert not body.is_valid()
    return body.errors


def test_unknown_names_are_refused_by_name_at_every_depth() -> None:
    assert errors({"txet": "x", "is_admin": True}).keys() == {"txet", "is_admin"}
    assert errors({"inner": {"colour": "red", "odd": 1}})["inner"].keys() == {"odd"}
    assert errors({"inners": [{"colour": "red"}, {"odd": 1}]})["inners"][1].keys() == {"odd"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", 1), ("text", True), ("text", ["a"]), ("text", {"a": 1}), ("text", None),
        ("count", "1"), ("count", True), ("count", 0), ("count", [1]),
        ("flag", "true"), ("flag", 1), ("flag", None), ("flag", []),
        ("free", [1]), ("free", "x"),
        ("inner", []), ("inner", "x"), ("inners", {}),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_not_turned_into_one(name: str, value: Any) -> None:
    assert name in errors({name: value})


@pytest.mark.parametrize(
    "value",
    [
        12.34, "12.34", 5, None, [], {"amount": "1"}, {"currency": "EUR"},
        {"amount": "1", "currency": "EUR", "x": 1}, {"amount": True, "currency": "EUR"},
        {"amount": None, "currency": "EUR"}, {"amount": "1.234", "currency": "EUR"},
        {"amount": "1.5", "currency": "JPY"}, {"amount": "-1", "currency": "EUR"},
        {"amount": "NaN", "currency": "EUR"}, {"amount": "1e40", "currency": "EUR"},
        {"amount": "12,34", "currency": "EUR"}, {"amount": "", "currency": "EUR"},
        {"amount": "1", "currency": "eur"}, {"amount": "1", "currency": "EURO"},
        {"amount": "1", "currency": 978}, {"amount": "1", "currency": ["EUR"]},
        {"amount": "1" * 100, "currency": "EUR"}, {"amount": {"a": 1}, "currency": "EUR"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_money_is_refused(value: Any) -> None:
    assert "price" in errors({"price": value})


def test_money_is_read_exactly_and_written_back_the_same() -> None:
    body = Body(data={"price": {"amount": "12.30", "currency": "EUR"}})
    assert body.is_valid()
    assert body.validated_data["price"] == Money(1230, "EUR")
    assert MoneyField().to_representation(Money(1230, "EUR")) == {
        "amount": "12.30",
        "currency": "EUR",
    }


def test_a_number_as_amount_is_read_as_the_decimal_it_was_written_as() -> None:
    data = parse_object(b'{"price": {"amount": 19.99, "currency": "EUR"}}')
    body = Body(data=data)
    assert body.is_valid()
    assert body.validated_data["price"].minor == 1999


def test_nothing_is_not_more_than_nothing() -> None:
    assert "fee" in errors({"fee": {"amount": "0.00", "currency": "EUR"}})


def test_free_json_is_storable() -> None:
    body = Body(data=parse_object(b'{"free": {"a": [1.5, {"b": 2}]}}'))
    assert body.is_valid()
    assert body.validated_data["free"] == {"a": [1.5, {"b": 2}]}
    assert type(body.validated_data["free"]["a"][0]) is float


def test_the_strict_fields_are_serializer_fields_like_any_other() -> None:
    assert isinstance(MoneyField(), serializers.Field)

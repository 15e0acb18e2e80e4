"""Which location serves: low priority, then near; one parcel if one has all; split only at need."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.countries import distance_km
from commerce.sourcing import Shelf, choose


def shelf(location: str, left: int, *, priority: int = 100, country: str = "") -> Shelf:
    return Shelf(location, location, priority, country, left)


def served(wanted, shelves, country="FR"):
    plan = choose(wanted, shelves, country=country)
    return [(thing, part.location, count) for thing, part, count in plan.parts], plan.short


def test_distances_follow_the_map() -> None:
    assert distance_km("FR", "FR") == 0
    assert distance_km("FR", "BE") < distance_km("FR", "PL") < distance_km("FR", "JP")
    assert 200 < distance_km("FR", "BE") < 400
    assert distance_km("FR", "") == distance_km("", "") == math.inf


def test_the_nearest_of_equal_priority_serves() -> None:
    shelves = {"pot": [shelf("Lyon", 5, country="FR"), shelf("Osaka", 5, country="JP")]}
    assert served({"pot": 2}, shelves, "BE") == ([("pot", "Lyon", 2)], {})
    assert served({"pot": 2}, shelves, "KR") == ([("pot", "Osaka", 2)], {})


def test_priority_goes_before_nearness() -> None:
    shelves = {"pot": [shelf("Lyon", 5, country="FR"), shelf("Osaka", 5, country="JP", priority=1)]}
    assert served({"pot": 2}, shelves, "FR") == ([("pot", "Osaka", 2)], {})


def test_one_location_that_has_all_is_one_parcel() -> None:
    shelves = {
        "pot": [shelf("Lyon", 5, country="FR"), shelf("Osaka", 5, country="JP")],
        "cup": [shelf("Lyon", 0, country="FR"), shelf("Osaka", 5, country="JP")],
    }
    assert served({"pot": 1, "cup": 1}, shelves) == (
        [("pot", "Osaka", 1), ("cup", "Osaka", 1)],
        {},
    )


def test_a_thing_is_split_only_when_no_location_has_enough() -> None:
    shelves = {"pot": [shelf("A", 2, country="FR"), shelf("B", 3, country="BE")]}
    assert served({"pot": 3}, shelves) == ([("pot", "B", 3)], {})
    assert served({"pot": 4}, shelves) == ([("pot", "A", 2), ("pot", "B", 2)], {})


def test_what_is_missing_is_told_and_the_rest_planned() -> None:
    shelves = {"pot": [shelf("A", 2)], "cup": [shelf("A", 1)]}
    assert served({"pot": 5, "cup": 1}, shelves) == ([("pot", "A", 2), ("cup", "A", 1)], {"pot": 3})
    assert served({"hat": 1}, {}) == ([], {"hat": 1})


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 9), min_size=1),
    st.dictionaries(
        st.sampled_from("abc"),
        st.lists(
            st.tuples(
                st.integers(-2, 9), st.integers(1, 3), st.sampled_from(["", "FR", "JP", "XX"])
            ),
            max_size=4,
        ),
    ),
    st.sampled_from(["", "FR", "BE"]),
)
def test_never_more_than_there_is_and_never_less_than_could_be(wanted, given_shelves, country):
    shelves = {
        thing: [shelf(f"L{n}", left, priority=p, country=c) for n, (left, p, c) in enumerate(some)]
        for thing, some in given_shelves.items()
    }
    plan = choose(wanted, shelves, country=country)
    for thing, quantity in wanted.items():
        taken = [(part, count) for of, part, count in plan.parts if of == thing]
        assert all(0 < count <= part.left for part, count in taken)
        assert len({part.location for part, _ in taken}) == len(taken)
        total = sum(count for _, count in taken)
        assert total + plan.short.get(thing, 0) == quantity
        there = sum(max(0, part.left) for part in shelves.get(thing, []))
        assert total == min(quantity, there)


@pytest.mark.parametrize("order", [["A", "B"], ["B", "A"]])
def test_the_answer_does_not_depend_on_the_order_of_rows(order: list[str]) -> None:
    shelves = {"pot": [shelf(name, 5) for name in order]}
    assert served({"pot": 1}, shelves) == ([("pot", "A", 1)], {})

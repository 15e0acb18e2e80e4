"""Whatever the steps, all pieces together give back exactly what was paid."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from commerce.services.returns.amounts import Back, Paid, part_of, share_of


def split(total: int, cuts: list[int]) -> list[int]:
    """`total` pieces in steps."""
    edges = sorted({0, total, *(cut % (total + 1) for cut in cuts)})
    return [high - low for low, high in itertools.pairwise(edges)]


@given(st.integers(1, 50), st.integers(0, 10**9), st.integers(0, 10**9), st.lists(st.integers(0)))
def test_any_split_of_a_line_gives_back_what_was_paid(pieces, total, tax, cuts) -> None:
    paid = Paid(pieces, total, min(tax, total))
    before = Back()
    for step in split(pieces, cuts):
        back = part_of(paid, before, step)
        assert back.total >= 0
        assert 0 <= back.tax <= back.total
        before = Back(before.pieces + step, before.total + back.total, before.tax + back.tax)
    assert (before.pieces, before.total, before.tax) == (pieces, paid.total, paid.tax)


@given(st.lists(st.integers(0, 10**8), min_size=1), st.integers(0, 10_000))
def test_any_split_of_a_vendors_sales_gives_back_their_share(nets, bps) -> None:
    gone = shares = 0
    for net in nets:
        share = share_of(net, gone, commission_bps=bps, share_before=shares)
        assert 0 <= share <= net
        gone, shares = gone + net, shares + share
    assert shares == gone - gone * bps // 10_000


def test_a_third_of_ten_is_three_then_three_then_four() -> None:
    paid, before, amounts = Paid(3, 1000, 0), Back(), []
    for _ in range(3):
        back = part_of(paid, before, 1)
        amounts.append(back.total)
        before = Back(before.pieces + 1, before.total + back.total)
    assert amounts == [333, 333, 334]

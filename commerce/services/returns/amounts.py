"""What is given back for some pieces of a line. Pure: only numbers.

Each figure is what belongs to all pieces back so far, less what went back before: whatever the
steps, all pieces together give back exactly what was paid for the line, and of it exactly its tax
and the vendor's share.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paid:
    """What a line cost its buyer: `total` in all, of which `tax` is tax, for so many pieces."""

    pieces: int
    total: int
    tax: int


@dataclass(frozen=True, slots=True)
class Back:
    """What goes (or went) back for so many pieces: the whole, and of it the tax."""

    pieces: int = 0
    total: int = 0
    tax: int = 0

    @property
    def net(self) -> int:
        """What vendor and shop give."""
        return self.total - self.tax


def part_of(paid: Paid, before: Back, pieces: int) -> Back:
    """What goes back for `pieces` more, `before` having gone back of the line already."""
    so_far = before.pieces + pieces
    total = _up_to(paid.total, so_far, paid.pieces) - before.total
    tax = _up_to(paid.tax, so_far, paid.pieces) - before.tax
    total = max(0, total)
    return Back(pieces, total, min(max(0, tax), total))


def share_of(net: int, net_before: int, *, commission_bps: int, share_before: int) -> int:
    """The vendor's part of `net` more, where `net_before` of theirs (and of it `share_before`)
    went back already. Commission is rounded down, as when it was earned."""
    so_far = net_before + net
    share = so_far - so_far * commission_bps // 10_000 - share_before
    return min(max(0, share), net)


def _up_to(amount: int, pieces: int, of: int) -> int:
    return amount * pieces // of

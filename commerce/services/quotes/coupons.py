"""Whether a code counts on what is in a cart, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import get_language

from commerce.buyer_words import say
from commerce.enums import CouponKind, RedemptionState
from commerce.models import CartLine, Coupon, CouponRedemption, CouponTerms
from commerce.models.coupon import LONGEST_CODE
from commerce.pricing.discount import Discount
from core.money import Money

MOST_CODES = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A code, and what it gives or why it does not."""

    code: str
    coupon: Coupon | None = None
    discount: Discount | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a code does not count, before it is put into words (commerce/buyer_words.py)."""

    why: str
    code: str
    values: dict[str, object] = field(default_factory=dict)


def said(refusal: Refusal, language: str = "") -> str:
    """In a language, or that of the request."""
    chosen = language or get_language() or "en"
    return say(f"code.{refusal.why}", chosen, code=refusal.code, **refusal.values)


def normal(code: str) -> str:
    """As codes are kept: capitals, without spaces around or between."""
    return "".join(code.split()).upper()[:LONGEST_CODE]


def read(codes: Sequence[str]) -> dict[str, Coupon]:
    """Coupons by their code, with all that judging them takes. Three queries for any number."""
    if not codes:
        return {}
    found = Coupon.objects.filter(code__in=codes).prefetch_related(
        "terms", "scopes__category", "scopes"
    )
    return {coupon.code: coupon for coupon in found}


def judge(
    codes: Sequence[str],
    coupons: dict[str, Coupon],
    *,
    lines: Sequence[CartLine],
    subtotal: Money,
    now: datetime,
    email: str = "",
    is_used: bool = False,
    language: str = "",
) -> list[Judged]:
    """Each code by itself and beside the others, in the order they were given.

    Limits are counted by the uses that stand; a limit per buyer only once an address is known.
    Reasons are told in `language` (of the request).
    `is_used`: for the order that used them, whose right to them neither time nor others take.
    """
    used = {} if is_used else _uses(list(coupons.values()), email)
    judged = []
    taken: list[Coupon] = []
    for code in codes:
        coupon = coupons.get(code)
        if coupon is None:
            judged.append(Judged(code, refusal=said(Refusal("unknown", code), language)))
            continue
        terms = next((t for t in coupon.terms.all() if t.currency == subtotal.currency), None)
        counts_on = _counts_on(coupon, lines)
        over = None if is_used else _over(coupon, now, used.get(coupon.pk, (0, 0)))
        refusal = over or _wrong_goods(coupon, terms, counts_on, subtotal) or _beside(coupon, taken)
        if refusal:
            judged.append(Judged(code, coupon, refusal=said(refusal, language)))
            continue
        taken.append(coupon)
        judged.append(Judged(code, coupon, _discount(coupon, terms, counts_on)))
    return judged


def _over(coupon: Coupon, now: datetime, uses: tuple[int, int]) -> Refusal | None:
    return _out_of_time(coupon, now) or _used_up(coupon, *uses)


def _out_of_time(coupon: Coupon, now: datetime) -> Refusal | None:
    if coupon.valid_from and now < coupon.valid_from and coupon.is_active:
        return Refusal("early", coupon.code)
    if not coupon.is_active or (coupon.valid_to and now >= coupon.valid_to):
        return Refusal("over", coupon.code)
    return None


def _used_up(coupon: Coupon, uses: int, uses_of_buyer: int) -> Refusal | None:
    if coupon.most_uses is not None and uses >= coupon.most_uses:
        return Refusal("used_up", coupon.code)
    if coupon.most_uses_each is not None and uses_of_buyer >= coupon.most_uses_each:
        return Refusal("used", coupon.code)
    return None


def _wrong_goods(
    coupon: Coupon, terms: CouponTerms | None, counts_on: frozenset[object], subtotal: Money
) -> Refusal | None:
    if terms is None and (coupon.kind == CouponKind.FIXED or coupon.terms.all()):
        return Refusal("currency", coupon.code, {"currency": subtotal.currency})
    if not counts_on:
        return Refusal("goods", coupon.code)
    if terms and subtotal.minor < terms.least_order_minor:
        least = Money(terms.least_order_minor, terms.currency)
        return Refusal("least", coupon.code, {"least": least})
    return None


def _beside(coupon: Coupon, taken: Sequence[Coupon]) -> Refusal | None:
    for other in taken:
        if other.code == coupon.code or not (other.is_combinable and coupon.is_combinable):
            return Refusal("beside", coupon.code, {"other": other.code})
    return None


def _discount(coupon: Coupon, terms: CouponTerms | None, counts_on: frozenset[object]) -> Discount:
    off, most = (terms.off_minor, terms.most_off_minor) if terms else (None, None)
    currency = terms.currency if terms else ""
    return Discount(
        code=coupon.code,
        kind=CouponKind(coupon.kind),
        percent=coupon.percent or Decimal(0),
        off=Money(off, currency) if off is not None else None,
        most=Money(most, currency) if most is not None else None,
        counts_on=counts_on,
    )


def _counts_on(coupon: Coupon, lines: Sequence[CartLine]) -> frozenset[object]:
    """The variants in the cart that the coupon is for."""
    scopes = list(coupon.scopes.all())
    if not scopes:
        return frozenset(line.variant_id for line in lines)
    vendors = {scope.vendor_id for scope in scopes if scope.vendor_id}
    products = {scope.product_id for scope in scopes if scope.product_id}
    branches = [scope.category.path for scope in scopes if scope.category]
    return frozenset(
        line.variant_id
        for line in lines
        if line.variant.vendor_id in vendors
        or line.variant.product_id in products
        or any(_is_below(line, branch) for branch in branches)
    )


def _is_below(line: CartLine, branch: str) -> bool:
    category = line.variant.product.category
    return category is not None and f"{category.path}/".startswith(f"{branch}/")


def _uses(coupons: Sequence[Coupon], email: str) -> dict[object, tuple[int, int]]:
    """Uses that count, in all and of this buyer; asked only of coupons with a limit."""
    limited = [
        coupon.pk
        for coupon in coupons
        if coupon.most_uses is not None or (coupon.most_uses_each is not None and email)
    ]
    if not limited:
        return {}
    found = (
        CouponRedemption.objects.filter(coupon__in=limited, state=RedemptionState.COUNTED)
        .order_by()
        .values("coupon_id")
        .annotate(uses=Count("pk"), of_buyer=Count("pk", filter=Q(email=email.strip().casefold())))
    )
    return {row["coupon_id"]: (row["uses"], row["of_buyer"] if email else 0) for row in found}

"""Codes made from another: one that is changed before it is used, or many for one use each."""

import secrets
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from commerce.models import Coupon, CouponScope, CouponTerms
from commerce.models.coupon import LONGEST_CODE
from commerce.services.quotes.coupons import normal
from core.audit import record_audit
from core.errors import Invalid, NotFound
from core.ids import new_id

MOST_AT_ONCE = 10_000
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another
Part = TypeVar("Part", CouponTerms, CouponScope)
LENGTH = 10  # 50 bits: nobody guesses one of ten thousand


@transaction.atomic
def duplicate(*, coupon_id: UUID) -> Coupon:
    """The same once more under a new code, switched off. Raises NotFound."""
    like = _found(coupon_id)
    (made,) = _copies(like, [_code(like.code[: LONGEST_CODE - LENGTH - 1])])
    Coupon.objects.filter(pk=made.pk).update(is_active=False)
    record_audit(action="coupon.duplicate", resource=made, details={"like": like.code})
    return made


@transaction.atomic
def make_single_use_codes(*, coupon_id: UUID, count: int, prefix: str = "") -> str:
    """So many codes that give what a coupon gives, each once; returns the batch's name.

    Raises NotFound, Invalid for a count or a prefix out of range. A handful of statements for any
    number.
    """
    like = _found(coupon_id)
    prefix = normal(prefix) or like.code
    if not 1 <= count <= MOST_AT_ONCE:
        raise Invalid("Too many codes.", details={"count": [f"1 to {MOST_AT_ONCE}."]})
    if len(prefix) > LONGEST_CODE - LENGTH - 1 or not prefix.replace("-", "").isalnum():
        raise Invalid("The prefix is no beginning of a code.", details={"prefix": [
            f"Letters and digits, at most {LONGEST_CODE - LENGTH - 1}."]})  # fmt: skip
    batch = f"{prefix}-{secrets.token_hex(4)}"
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(_code(prefix))
    _copies(like, sorted(codes), most_uses=1, batch=batch, is_active=True)
    record_audit(
        action="coupon.make_codes", resource=like, details={"count": count, "batch": batch}
    )
    return batch


def _found(coupon_id: UUID) -> Coupon:
    coupon = Coupon.objects.filter(pk=coupon_id).first()
    if coupon is None:
        raise NotFound("There is no such coupon.")
    return coupon


def _code(prefix: str) -> str:
    return f"{prefix}-{''.join(secrets.choice(LETTERS) for _ in range(LENGTH))}"


def _copies(like: Coupon, codes: list[str], **changes: object) -> list[Coupon]:
    """Rows like one, with its terms and scopes."""
    kept = ("name", "kind", "percent", "is_active", "is_combinable", "most_uses",
            "most_uses_each", "valid_from", "valid_to", "batch")  # fmt: skip
    values = {name: getattr(like, name) for name in kept} | {"batch": ""} | changes
    made = Coupon.objects.bulk_create(
        [Coupon(code=code, **values) for code in codes], batch_size=2000
    )
    CouponTerms.objects.bulk_create(
        [_like(row, coupon) for row in like.terms.all() for coupon in made], batch_size=2000
    )
    CouponScope.objects.bulk_create(
        [_like(row, coupon) for row in like.scopes.all() for coupon in made], batch_size=2000
    )
    return made


def _like(row: Part, coupon: Coupon) -> Part:
    fields = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in {"id", "coupon", "created_at", "updated_at"}
    }
    return type(row)(id=new_id(), coupon=coupon, **fields)

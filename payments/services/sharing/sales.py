"""A sale in the books: what the payer owes, shared out among those whose money it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from core.ids import new_id
from core.money import Money, MoneyError
from payments.house import as_house
from payments.models import Sale, SalePart
from payments.services.books.accounts import (
    DISPUTE_LOSSES,
    SHIPPING,
    SHOP_COMMISSION,
    TAX,
    Account,
    owed_for,
)
from payments.services.books.ledger import Line, booked_as, post
from payments.services.sharing.payables import Creditor, account_of, know, owe, owe_less

SHARE = "share"
DISPUTE = "dispute:"  # how the causes of returns begin that a payer's bank decided
OURS = {account.code: account for account in (SHOP_COMMISSION, SHIPPING, TAX)}

RETURN, UNDONE = "sale_return", "sale_return_undone"

OPEN_SALE = """
INSERT INTO payments_sale (id, type, source_id, currency, returned_minor, created_at, updated_at)
VALUES (%s, %s, %s, %s, 0, now(), now()) ON CONFLICT (type, source_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sale's total. A creditor's part keeps the terms it was made under."""

    account: Account
    amount: Money
    creditor: Creditor | None = None
    base: Money | None = None
    rate_bps: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One return: `amount` of what was `left` of the sale before it."""

    cause: str
    amount: Money
    left: Money


def steps(sale: Sale) -> Iterator[Step]:
    """The returns that count, in their order."""
    gone = Money.zero(sale.currency)
    for back in sale.returns.filter(undone_at=None).order_by("id"):
        amount = Money(back.amount_minor, sale.currency)
        yield Step(back.cause, amount, Money(back.of_minor, sale.currency) - gone)
        gone += amount


def lock_sale(*, source_type: str, source_id: UUID, currency: str) -> Sale:
    """The row of an order or invoice, made if need be, held until the transaction ends.

    Comes after order, payment and attempt in the order of locks. Raises MoneyError for a second
    currency.
    """
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SALE, [new_id(), source_type, source_id, currency])
    sale = Sale.objects.select_for_update().get(type=source_type, source_id=source_id)
    if sale.currency != currency:
        raise MoneyError(f"{sale} was sold in {sale.currency}, not in {currency}.")
    return sale


def book_sale(
    *,
    source_type: str,
    source_id: UUID,
    total: Money,
    parts: Sequence[Part],
    at: datetime,
    description: str = "",
    payment_id: UUID | None = None,
) -> bool:
    """Share out a paid total, once per source; False when that is done already, or when changes of
    it (changes.py) have made parts of it: it was free at first.

    What went back before this was told is taken back at once. Raises MoneyError when the parts
    are not the total.
    """
    parts = [part for part in parts if part.amount]
    if sum((part.amount for part in parts), Money.zero(total.currency)) != total:
        raise MoneyError(f"The parts of {source_type} {source_id} do not add up to {total}.")
    with as_house("book a sale"), transaction.atomic():
        sale = lock_sale(source_type=source_type, source_id=source_id, currency=total.currency)
        entries: list[Line] = [(part.account, -part.amount) for part in parts]
        if (
            not total
            or sale.parts.exists()
            or not post(
                kind="sale",
                source=str(sale),
                description=description,
                payment_id=payment_id,
                entries=[(owed_for(source_type), total), *entries],
            )
        ):
            return False
        know(part.creditor for part in parts if part.creditor)
        SalePart.objects.bulk_create([_row(sale, part) for part in parts])
        for part in parts:
            if part.creditor:
                owe(
                    payee_id=part.creditor.id,
                    sale=sale,
                    cause=SHARE,
                    amount=part.amount,
                    available_at=at,
                )
        for earlier in steps(sale):
            take_back_parts(sale, earlier)
        return True


def rate_of(*, source_type: str, source_id: UUID, payee_id: UUID) -> int | None:
    """The commission a payee's part of a sale was made with, in hundredths of a percent."""
    with as_house("look at a sale"):
        found = SalePart.objects.filter(
            sale__type=source_type, sale__source_id=source_id, payee_id=payee_id
        )
        return found.values_list("rate_bps", flat=True).first()


def share_of(*, source_type: str, source_id: UUID, payee_id: UUID) -> Money | None:
    """What a payee's part of a sale was, before anything went back; None while it is not shared
    out."""
    with as_house("look at a sale"):
        parts = list(SalePart.objects.filter(sale__type=source_type, sale__source_id=source_id))
    if not parts:
        return None
    theirs = (part.amount for part in parts if part.payee_id == payee_id)
    return sum(theirs, Money.zero(parts[0].currency))


def take_back_parts(sale: Sale, step: Step, split: Mapping[str, int] | None = None) -> None:
    """What a return takes from each part: shared by what is left of it, so that after the last
    one nothing is left anywhere. The caller holds the sale's lock.

    With a `split` (by account), whoever sold what came back bears it: each part gives what stands
    there, as far as it has it, and only the rest is shared.
    """
    parts = list(sale.parts.select_related("payee").order_by("id"))
    left = [part.left.minor for part in parts]
    if not sum(left):
        return  # nothing was shared out (yet)
    entries: list[Line] = [(_out_of(sale, step.cause), -step.amount)]
    for part, taken in zip(parts, _shared(step.amount, parts, split or {}), strict=True):
        if not taken:
            continue
        part.returned_minor += taken.minor
        part.save(update_fields=["returned_minor"])
        entries.append((_account(part), taken))
        if part.payee_id:
            owe_less(payee_id=part.payee_id, sale=sale, cause=step.cause, amount=taken)
    post(
        kind=RETURN,
        source=f"{sale}:{step.cause}",
        description=f"{step.amount} of a sale went back",
        entries=entries,
    )


def _shared(amount: Money, parts: Sequence[SalePart], split: Mapping[str, int]) -> list[Money]:
    """Named accounts first, what then remains by what is left of each part. Where less went back
    than is named, the named ones share it."""
    named = [min(max(0, split.get(part.account, 0)), part.left.minor) for part in parts]
    if sum(named) > amount.minor:
        named = [taken.minor for taken in amount.split(named)]
    left = [part.left.minor - taken for part, taken in zip(parts, named, strict=True)]
    rest = amount - Money(sum(named), amount.currency)
    shared = rest.split(left) if rest else [Money.zero(amount.currency)] * len(parts)
    return [Money(taken, amount.currency) + more for taken, more in zip(named, shared, strict=True)]


def give_parts_again(sale: Sale, cause: str) -> None:
    """A return that did not last: each part gets again what the books say it lost."""
    lost = booked_as(kind=RETURN, source=f"{sale}:{cause}")
    if not lost:
        return
    by_account = {account.code: taken for account, taken in lost}
    for part in sale.parts.all():
        taken = by_account.get(part.account)
        if taken is None:
            continue
        part.returned_minor -= taken.minor
        part.save(update_fields=["returned_minor"])
        if part.payee_id:
            again = f"{cause}:undone"
            owe_less(payee_id=part.payee_id, sale=sale, cause=again, amount=-taken)
    post(
        kind=UNDONE,
        source=f"{sale}:{cause}",
        description="A return of a sale that did not last",
        entries=[(account, -amount) for account, amount in lost],
    )


def _out_of(sale: Sale, cause: str) -> Account:
    """Where the gateway's side of a return was booked: a refund lets the payer owe again, a lost
    dispute is a loss, which this takes back from those who bear it."""
    return DISPUTE_LOSSES if cause.startswith(DISPUTE) else owed_for(sale.type)


def _account(part: SalePart) -> Account:
    return account_of(part.payee) if part.payee else OURS[part.account]


def _row(sale: Sale, part: Part) -> SalePart:
    return SalePart(
        sale=sale,
        account=part.account.code,
        payee_id=part.creditor.id if part.creditor else None,
        currency=part.amount.currency,
        amount_minor=part.amount.minor,
        base_minor=part.base.minor if part.base else None,
        rate_bps=part.rate_bps,
    )

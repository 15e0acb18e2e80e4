"""What no gateway should do, and reconciliation must see: a payment that changes afterwards."""

from __future__ import annotations

from rehearsal.stripe.balance import fee_of
from rehearsal.stripe.book import Book, StripeObject
from rehearsal.stripe.errors import StripeRefusal

CHARGED = ("amount", "amount_captured")
INTENDED = ("amount", "amount_received")


def alter(book: Book, charge: StripeObject, *, amount: int, tell_fee: bool = True) -> StripeObject:
    """Another amount, everywhere and without a word: no event is sent. Returns the charge.

    `tell_fee`: the fee follows the new amount; otherwise it stays as it was.
    """
    if amount <= 0:
        raise StripeRefusal("The amount is more than nothing.", param="amount")
    if charge["status"] != "succeeded":
        raise StripeRefusal("This charge took no money.")
    changed = [charge]
    charge.update(dict.fromkeys(CHARGED, amount))
    if charge["payment_intent"]:
        intent = book.get("payment_intent", charge["payment_intent"])
        intent.update(dict.fromkeys(INTENDED, amount))
        sessions = list(book.where("checkout.session", payment_intent=intent["id"]))
        for session in sessions:
            session.update(amount_total=amount, amount_subtotal=amount)
        changed += [intent, *sessions]
    line = book.get("balance_transaction", charge["balance_transaction"])
    fee = fee_of(amount) if tell_fee else line["fee"]
    line.update(amount=amount, fee=fee, net=amount - fee)
    book.save(line, *changed)
    return charge

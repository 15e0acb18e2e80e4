"""Changing a running subscription: another price now, what is left of the old one given back."""

from __future__ import annotations

import copy
import time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rehearsal.stripe.book import StripeObject
from rehearsal.stripe.charges import DECLINED
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.invoices import invoice_line
from rehearsal.stripe.subscription_parts import Period, end_of, period_of, plan_of, set_period
from rehearsal.stripe.subscriptions import Subscriptions
from rehearsal.stripe.webhooks import Cause


def change_price(
    there: Subscriptions, subscription: StripeObject, params: dict[str, Any], cause: Cause
) -> None:
    """To the price and quantity of `params["items"]`.

    The unused part of the period is given back and the new price taken for it. Another interval
    begins a new period at once. `proration_behavior`: always_invoice collects now,
    create_prorations (as if not given) with the next invoice, none never.
    """
    item, price, quantity = _wanted(there, subscription, params)
    if price["id"] == item["price"]["id"] and quantity == item["quantity"]:
        return
    old, trial = period_of(subscription), subscription["status"] == "trialing"
    now = min(max(int(time.time()), old[0]), old[1])
    restarts = not trial and not _same_interval(price, item["price"])
    new = (now, end_of(price, now, anchor=now)) if restarts else (now, old[1])
    behaviour = params.get("proration_behavior") or "create_prorations"
    lines = []
    if not trial and behaviour != "none":
        credit = -_share(item["price"]["unit_amount"] * item["quantity"], now, old)
        lines.append(_line(subscription, item, item["price"], credit, (now, old[1]), "Unused time"))
    before = {"items": copy.deepcopy(subscription["items"])}
    changed = {**item, "price": copy.deepcopy(price), "quantity": quantity}
    whole = price["unit_amount"] * quantity
    if restarts:
        lines.append(invoice_line(subscription, changed, price, amount=whole, period=new))
    elif lines:
        rest = _share(whole, now, old)
        lines.append(_line(subscription, changed, price, rest, new, "Remaining time"))
    at_once = restarts or behaviour == "always_invoice"
    _check_payable(there, subscription, params, lines if at_once else [])
    item.update(price=changed["price"], quantity=quantity)
    item["plan"].update(plan_of(price))
    if restarts:
        set_period(subscription, new)
    there.changed(
        subscription,
        before=before,
        cause=cause,
        **({"billing_cycle_anchor": now} if restarts else {}),
    )
    if at_once and lines:
        invoice = there.invoices.make(
            subscription,
            [*there.take_pending(subscription), *lines],
            reason="subscription_update",
            period=(now, now),
            cause=cause,
        )
        there.collect(subscription, invoice, cause)
    elif lines:
        there.book.save_private(
            subscription["id"], pending=[*there.take_pending(subscription), *lines]
        )


def _wanted(
    there: Subscriptions, subscription: StripeObject, params: dict[str, Any]
) -> tuple[StripeObject, StripeObject, int]:
    """(the item to change, its new price and quantity)."""
    items = subscription["items"]["data"]
    asked = params["items"]
    known = [item for item in items if len(asked) == 1 and item["id"] == asked[0].get("id")]
    if not known or asked[0].get("deleted"):
        raise StripeRefusal(
            "The rehearsal changes one item of a subscription at a time: give items[0][id].",
            param="items",
        )
    item, new = known[0], asked[0]
    price = (
        there.book.get("price", new["price"], param="price") if "price" in new else item["price"]
    )
    if not price["recurring"]:
        raise StripeRefusal(
            "The price specified is set to `type=one_time` but this field only accepts prices with"
            " `type=recurring`.",
            param="items[0][price]",
        )
    if price["currency"] != subscription["currency"]:
        raise StripeRefusal(
            "The price specified only supports another currency than the subscription's.",
            param="items[0][price]",
        )
    return item, price, int(new.get("quantity", item["quantity"]))


def _check_payable(
    there: Subscriptions,
    subscription: StripeObject,
    params: dict[str, Any],
    lines: list[StripeObject],
) -> None:
    """With payment_behavior=error_if_incomplete nothing changes when the card is refused."""
    behaviour = params.get("payment_behavior") or "allow_incomplete"
    if behaviour == "pending_if_incomplete":
        raise StripeRefusal("The rehearsal knows no pending updates.", param="payment_behavior")
    due = sum(line["amount"] for line in lines)
    works = there.card_works(subscription["customer"])
    if behaviour == "error_if_incomplete" and due > 0 and not works:
        raise StripeRefusal(
            str(DECLINED["message"]), status=402, kind="card_error", code="card_declined"
        )


def _line(
    subscription: StripeObject,
    item: StripeObject,
    price: StripeObject,
    amount: int,
    period: Period,
    words: str,
) -> StripeObject:
    return invoice_line(
        subscription, item, price, amount=amount, period=period, proration=True, description=words
    )


def _share(amount: int, now: int, period: Period) -> int:
    """What the rest of the period costs, to the second, half up."""
    part = Decimal(amount) * (period[1] - now) / (period[1] - period[0])
    return int(part.to_integral_value(rounding=ROUND_HALF_UP))


def _same_interval(one: StripeObject, other: StripeObject) -> bool:
    names = ("interval", "interval_count")
    return all(one["recurring"][name] == other["recurring"][name] for name in names)

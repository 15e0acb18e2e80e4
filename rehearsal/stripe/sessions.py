"""Making a Checkout Session from checked parameters."""

from __future__ import annotations

import time
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank, new_id
from rehearsal.stripe.catalogue import new_price
from rehearsal.stripe.currency import check_currency, check_total, check_unit_amount
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.params import missing

MODES = ("payment", "subscription")
FOR_PAYMENTS_ONLY = ("payment_intent_data", "customer_creation", "submit_type", "shipping_options")
SHORTEST, LONGEST = 30 * 60, 24 * 3600  # seconds a session may live
CARRIED = (
    "cancel_url", "client_reference_id", "locale", "submit_type", "billing_address_collection",
    "allow_promotion_codes", "allowed_payment_method_types", "excluded_payment_method_types",
)  # fmt: skip


def create_session(book: Book, params: dict[str, Any], base_url: str) -> StripeObject:
    """A new open session in the book; refuses what Stripe would refuse."""
    mode = params.get("mode") or "payment"
    if mode not in MODES:
        raise StripeRefusal(f"The rehearsal knows mode={' and '.join(MODES)} only.", param="mode")
    if params.get("ui_mode") not in (None, "hosted_page"):
        raise StripeRefusal("The rehearsal knows ui_mode=hosted_page only.", param="ui_mode")
    if not params.get("success_url"):
        raise missing("success_url")
    for name in ("success_url", "cancel_url"):
        _check_url(params.get(name), name)
    _check_mode(params, mode)
    items = _line_items(book, params)
    _check_prices(items, mode)
    currency = items[0]["currency"]
    subtotal = 0 if _has_trial(params) else sum(item["amount_total"] for item in items)
    shipping = _shipping(params, currency)
    check_total(subtotal + shipping, currency)
    session_id = new_id("checkout.session")
    session = blank(
        "checkout.session",
        id=session_id,
        url=f"{base_url}/stripe/pay/{session_id}",
        amount_subtotal=subtotal,
        amount_total=subtotal + shipping,
        currency=currency,
        expires_at=_expiry(params),
        metadata=params.get("metadata") or {},
        mode=mode,
        success_url=params["success_url"],
        **{name: params[name] for name in CARRIED if name in params},
        **_customer(book, params),
    )
    session["total_details"]["amount_shipping"] = shipping
    book.save(session)
    book.save_private(
        session_id,
        line_items=items,
        payment_intent_data=params.get("payment_intent_data") or {},
        subscription_data=params.get("subscription_data") or {},
    )
    return session


def _check_mode(params: dict[str, Any], mode: str) -> None:
    """Refuse what belongs to the other mode."""
    foreign = ("subscription_data",) if mode == "payment" else FOR_PAYMENTS_ONLY
    for name in foreign:
        if params.get(name):
            raise StripeRefusal(f"You can not pass `{name}` in `{mode}` mode.", param=name)


def _check_prices(items: list[StripeObject], mode: str) -> None:
    recurring = [bool(item["price"]["recurring"]) for item in items]
    if mode == "payment" and any(recurring):
        raise StripeRefusal(
            "You specified `payment` mode but passed a recurring price. Either switch to "
            "`subscription` mode or use only one-time prices.",
            param="mode",
        )
    if mode == "subscription" and not all(recurring):
        raise StripeRefusal(
            "You must provide at least one recurring price in `subscription` mode when using "
            "prices. (The rehearsal wants all of them recurring.)",
            param="mode",
        )


def _has_trial(params: dict[str, Any]) -> bool:
    data = params.get("subscription_data") or {}
    return bool(data.get("trial_period_days") or data.get("trial_end"))


def _customer(book: Book, params: dict[str, Any]) -> dict[str, Any]:
    if params.get("customer") and params.get("customer_email"):
        raise StripeRefusal(
            "You may only specify one of these parameters: customer, customer_email."
        )
    if params.get("customer"):
        book.get("customer", params["customer"], param="customer")
    email = params.get("customer_email")
    if email is not None and ("@" not in email or " " in email):
        raise StripeRefusal(
            f"Invalid email address: {email}", code="email_invalid", param="customer_email"
        )
    return {"customer": params.get("customer"), "customer_email": email}


def _line_items(book: Book, params: dict[str, Any]) -> list[StripeObject]:
    wanted = params.get("line_items") or []
    if not wanted:
        raise missing("line_items")
    if len(wanted) > 100:
        raise StripeRefusal("You can pass at most 100 line items.", param="line_items")
    items = [_line_item(book, raw, f"line_items[{index}]") for index, raw in enumerate(wanted)]
    if len({item["currency"] for item in items}) > 1:
        raise StripeRefusal(
            "You can only specify one currency for all line items.", param="line_items"
        )
    if params.get("currency") and params["currency"].lower() != items[0]["currency"]:
        raise StripeRefusal("The currency of the line items does not match.", param="currency")
    return items


def _line_item(book: Book, raw: dict[str, Any], at: str) -> StripeObject:
    if raw.get("price"):
        price = book.get("price", raw["price"], param=f"{at}[price]")
        name = book.get("product", price["product"])["name"]
    else:
        price, name = _price_of(book, raw.get("price_data"), f"{at}[price_data]")
    quantity = raw.get("quantity")
    if quantity is None:
        raise missing(f"{at}[quantity]")
    if quantity < 1:
        raise StripeRefusal(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=f"{at}[quantity]",
        )
    return blank(
        "line_item",
        amount_subtotal=price["unit_amount"] * quantity,
        amount_total=price["unit_amount"] * quantity,
        currency=price["currency"],
        description=name,
        metadata=raw.get("metadata") or {},
        price=price,
        quantity=quantity,
    )


def _price_of(book: Book, data: dict[str, Any] | None, at: str) -> tuple[StripeObject, str]:
    """A price made on the spot, and its product's name."""
    if data is None:
        raise missing(at)
    data = {**data, "unit_amount": _unit_amount(data, at)}
    if data.get("product"):
        product = book.get("product", data["product"], param=f"{at}[product]")
        price = new_price(data, product["id"], at=at)
    elif data.get("product_data"):
        price = new_price(data, new_id("product"), at=at)
        names = ("name", "description", "metadata")
        values = {n: data["product_data"][n] for n in names if data["product_data"].get(n)}
        product = blank("product", id=price["product"], active=False, **values)
    else:
        check_currency(data["currency"], f"{at}[currency]")
        raise missing(f"{at}[product_data]")
    price["active"] = False
    if price["recurring"]:  # a subscription goes on asking for them
        book.save(product, price)
    return price, str(product["name"])


def _unit_amount(data: dict[str, Any], at: str) -> int:
    if "unit_amount" in data:
        return int(data["unit_amount"])
    written = data.get("unit_amount_decimal")
    if written is None:
        raise missing(f"{at}[unit_amount]")
    if not written.isdecimal():
        raise StripeRefusal(
            f"The rehearsal knows whole smallest units only, not {written}.",
            param=f"{at}[unit_amount_decimal]",
        )
    return int(written)


def _shipping(params: dict[str, Any], currency: str) -> int:
    """The first shipping option's fixed amount; a customer would choose among them."""
    options = params.get("shipping_options") or []
    if not options:
        return 0
    fixed = (options[0].get("shipping_rate_data") or {}).get("fixed_amount")
    if fixed is None:
        raise StripeRefusal(
            "The rehearsal knows shipping_rate_data with a fixed_amount only.",
            param="shipping_options[0]",
        )
    at = "shipping_options[0][shipping_rate_data][fixed_amount]"
    if check_currency(fixed["currency"], f"{at}[currency]") != currency:
        raise StripeRefusal("Shipping must be in the currency of the items.", param=at)
    return check_unit_amount(fixed["amount"], currency, f"{at}[amount]")


def _expiry(params: dict[str, Any]) -> int:
    now = int(time.time())
    expires_at = int(params.get("expires_at") or now + LONGEST)
    if not SHORTEST - 60 <= expires_at - now <= LONGEST + 60:
        raise StripeRefusal(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    return expires_at


def _check_url(url: str | None, param: str) -> None:
    if url is not None and not url.startswith(("http://", "https://")):
        raise StripeRefusal("Not a valid URL", code="url_invalid", param=param)

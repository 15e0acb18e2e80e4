"""Fresh entities as Razorpay shows them. Source: the samples of razorpay.com/docs/api.

Notes come back as they went in, except that none at all are `[]` (a payment link says null).
"""

from __future__ import annotations

import time
from typing import Any

from rehearsal.razorpay.book import Entity, new_id
from rehearsal.razorpay.currency import HOME, in_rupees


def _now() -> int:
    return int(time.time())


def order(params: dict[str, Any]) -> Entity:
    """An order nobody has tried to pay."""
    return {
        "id": new_id("order"),
        "entity": "order",
        "amount": params["amount"],
        "amount_paid": 0,
        "amount_due": params["amount"],
        "currency": params["currency"],
        "receipt": params.get("receipt"),
        "offer_id": None,
        "status": "created",
        "attempts": 0,
        "notes": params.get("notes") or [],
        "created_at": _now(),
    }


def link(params: dict[str, Any], base_url: str) -> Entity:
    """An open payment link; it has no order before somebody opens it."""
    link_id = new_id("plink")
    return {
        "id": link_id,
        "accept_partial": params.get("accept_partial", False),
        "amount": params["amount"],
        "amount_paid": 0,
        "callback_method": params.get("callback_method", ""),
        "callback_url": params.get("callback_url", ""),
        "cancelled_at": 0,
        "created_at": _now(),
        "currency": params.get("currency", "INR"),
        "customer": params.get("customer") or {},
        "description": params.get("description", ""),
        "expire_by": params.get("expire_by", 0),
        "expired_at": 0,
        "first_min_partial_amount": 0,
        "notes": params.get("notes") or None,
        "notify": {"email": False, "sms": False, "whatsapp": False, **(params.get("notify") or {})},
        "payments": None,
        "reference_id": params.get("reference_id", ""),
        "reminder_enable": params.get("reminder_enable", False),
        "reminders": [],
        "short_url": f"{base_url}/razorpay/pay/{link_id}",
        "status": "created",
        "updated_at": _now(),
        "upi_link": False,
        "user_id": "",
        "whatsapp_link": False,
    }


def payment(of: Entity, *, description: str, email: str, invoice_id: str | None = None) -> Entity:
    """A payment of an order that has just begun."""
    return {
        "id": new_id("pay"),
        "entity": "payment",
        "amount": of["amount"],
        "currency": of["currency"],
        "status": "created",
        "order_id": of["id"],
        "invoice_id": invoice_id,
        "international": of["currency"] != "INR",
        "method": "card",
        "amount_refunded": 0,
        "refund_status": None,
        "captured": False,
        "description": description,
        "card_id": new_id("card"),
        "bank": None,
        "wallet": None,
        "vpa": None,
        "email": email,
        "contact": "+919000090000",
        "notes": of["notes"],
        "fee": None,
        "tax": None,
        "error_code": None,
        "error_description": None,
        "error_source": None,
        "error_step": None,
        "error_reason": None,
        "acquirer_data": {"auth_code": None},
        "created_at": _now(),
    }


def refund(payment_id: str, currency: str, params: dict[str, Any]) -> Entity:
    """A refund on its way. That it says what it takes in rupees is taken from payments, which do;
    the reference does not show a refund of a foreign payment."""
    return {
        "id": new_id("rfnd"),
        "entity": "refund",
        "amount": params["amount"],
        "currency": currency,
        "base_amount": in_rupees(params["amount"], currency),
        "base_currency": HOME,
        "payment_id": payment_id,
        "notes": params.get("notes") or [],
        "receipt": params.get("receipt"),
        "acquirer_data": {"arn": None},
        "created_at": _now(),
        "batch_id": None,
        "status": "pending",
        "speed_processed": "normal",
        "speed_requested": params.get("speed", "normal"),
    }


def dispute(paid: Entity, *, amount: int, reason: str, seconds: int) -> Entity:
    """A dispute that waits for an answer."""
    return {
        "id": new_id("disp"),
        "entity": "dispute",
        "payment_id": paid["id"],
        "amount": amount,
        "currency": paid["currency"],
        "amount_deducted": 0,
        "reason_code": reason,
        "respond_by": _now() + seconds,
        "status": "open",
        "phase": "chargeback",
        "created_at": _now(),
    }

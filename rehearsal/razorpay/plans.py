"""Plans, and the calendar of their billing cycles."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal.razorpay.book import Book, Entity, new_id
from rehearsal.razorpay.currency import check_amount
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.fields import Spec, checked
from rehearsal.razorpay.payments import now

ITEM: Spec = {"name": str, "amount": int, "currency": str, "description": str}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
DAYS = {"daily": 1, "weekly": 7}
LEAST_DAILY = 7


def create(book: Book, params: dict[str, Any]) -> Entity:
    """A plan; there is no way to change one."""
    item = checked(params["item"], ITEM, "name", "amount", "currency")
    check_amount(item["amount"], item["currency"])
    period, interval = params["period"], params["interval"]
    if period not in MONTHS | DAYS:
        raise RazorpayRefusal("The selected period is invalid.", field="period")
    if interval < 1 or (period == "daily" and interval < LEAST_DAILY):
        raise RazorpayRefusal("The interval is too short.", field="interval")
    plan = {
        "id": new_id("plan"),
        "entity": "plan",
        "interval": interval,
        "period": period,
        "item": {
            "id": new_id("item"),
            "active": True,
            "name": item["name"],
            "description": item.get("description"),
            "amount": item["amount"],
            "unit_amount": item["amount"],
            "currency": item["currency"],
            "type": "plan",
        },
        "notes": params.get("notes") or [],
        "created_at": now(),
    }
    book.save("plan", plan)
    return plan


def cycle_end(plan: Entity, start: int) -> int:
    """When a cycle that begins at `start` ends."""
    begins = datetime.fromtimestamp(start, UTC)
    if plan["period"] in DAYS:
        ends = begins + timedelta(days=DAYS[plan["period"]] * plan["interval"])
        return int(ends.timestamp())
    months = begins.month - 1 + MONTHS[plan["period"]] * plan["interval"]
    year, month = begins.year + months // 12, months % 12 + 1
    day = min(begins.day, calendar.monthrange(year, month)[1])
    return int(begins.replace(year=year, month=month, day=day).timestamp())

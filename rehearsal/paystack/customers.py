"""Those who pay, by e-mail."""

from __future__ import annotations

from typing import Any

from rehearsal.paystack.book import Book, Row, code, now
from rehearsal.paystack.errors import PaystackRefusal


def customer_of(book: Book, email: Any, **names: Any) -> Row:
    """The customer with this address, made when there is none. Refuses what is no address."""
    if not isinstance(email, str) or "@" not in email or " " in email:
        raise PaystackRefusal("Invalid Email Address Passed", code="invalid_params")
    known = next(book.where("customer", email=email.lower()), None)
    if known is not None:
        return known
    at = now()
    made = {
        "id": book.new_id(),
        "first_name": names.get("first_name"),
        "last_name": names.get("last_name"),
        "email": email.lower(),
        "customer_code": code("CUS_"),
        "phone": names.get("phone"),
        "metadata": names.get("metadata"),
        "risk_action": "default",
        "international_format_phone": None,
        "integration": 100032,
        "domain": "test",
        "createdAt": at,
        "updatedAt": at,
    }
    book.save("customer", made)
    return made


def brief(customer: Row) -> Row:
    """A customer inside another object."""
    names = (
        "id", "first_name", "last_name", "email", "customer_code", "phone", "metadata",
        "risk_action", "international_format_phone",
    )  # fmt: skip
    return {name: customer[name] for name in names}

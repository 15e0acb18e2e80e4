"""What the database must know of currencies to convert by itself: the house's, and how many digits
each has. Two functions that repeat the settings and core/money.py, renewed after each migrate.

A row an order is inserted with, by whichever program, is converted by a trigger; it cannot ask
Python. A change of BASE_CURRENCY therefore takes effect with the next `manage.py migrate`.
"""

from typing import Any

from django.conf import settings
from django.db import connections

from core.money import CURRENCIES, exponent

FUNCTION = """
CREATE OR REPLACE FUNCTION {name} RETURNS {returns}
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ {body} $$
"""
BODY = "SELECT prosrc FROM pg_proc WHERE proname = %s AND pronamespace = 'public'::regnamespace"


def functions() -> dict[str, tuple[str, str, str]]:
    """Name → signature, return type and body, as they should be."""
    base = settings.BASE_CURRENCY
    exponent(base)  # raises for what is no currency, before it is written into SQL
    unusual: dict[int, list[str]] = {}
    for code in sorted(CURRENCIES):
        unusual.setdefault(exponent(code), []).append(code)
    usual = unusual.pop(2)
    cases = " ".join(
        f"WHEN code IN ({', '.join(repr(code) for code in codes)}) THEN {digits}"
        for digits, codes in sorted(unusual.items())
    )
    known = ", ".join(repr(code) for code in usual)
    return {
        "commerce_base_currency": ("commerce_base_currency()", "text", f"SELECT '{base}'"),
        "commerce_exponent": (
            "commerce_exponent(code text)",
            "integer",
            f"SELECT CASE {cases} WHEN code IN ({known}) THEN 2 END",
        ),
    }


def sync_functions(*, using: str = "default", **_: Any) -> None:
    """Make the database say what the code says. Connected to post_migrate, as the owner."""
    with connections[using].cursor() as cursor:
        for name, (signature, returns, body) in functions().items():
            cursor.execute(BODY, [name])
            found = cursor.fetchone()
            if found is None or found[0].strip() != body:
                cursor.execute(FUNCTION.format(name=signature, returns=returns, body=body))

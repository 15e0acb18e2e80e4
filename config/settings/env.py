"""Typed reading of the environment. A value that cannot be used stops the start and is named."""

import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
if (ROOT / ".env").exists():
    environ.Env.read_env(ROOT / ".env", overwrite=False)


def text(name: str, default: str = "") -> str:
    """One line of text; surrounding white space is a typing mistake and is dropped."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """true/false only: `DEBUG=no-thanks` must not silently mean something."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"true", "1", "yes", "on"}:
        return True
    if value in {"false", "0", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false.")


def number(name: str, default: int, *, at_least: int = 0) -> int:
    """A whole number not below `at_least`."""
    value = text(name) or str(default)
    try:
        parsed = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None
    if parsed < at_least:
        raise ImproperlyConfigured(f"{name}={parsed} is below {at_least}.")
    return parsed


def items(name: str, default: str = "") -> list[str]:
    """A comma list without empty entries."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def amounts(name: str, default: str = "") -> dict[str, Decimal]:
    """A comma list such as "500 EUR, 60000 JPY", by currency."""
    found: dict[str, Decimal] = {}
    for item in items(name, default):
        amount, _, currency = item.partition(" ")
        try:
            found[currency.strip()] = Decimal(amount)
        except InvalidOperation:
            raise ImproperlyConfigured(f"{name}: {item!r} is no amount such as 500 EUR.") from None
        if not (len(currency.strip()) == 3 and currency.strip().isupper()):
            raise ImproperlyConfigured(f"{name}: {item!r} names no currency such as EUR.")
    return found


def database(name: str, *, default: str = "") -> dict[str, Any]:
    """A PostgreSQL URL as Django's NAME/USER/PASSWORD/HOST/PORT; sockets as `?host=/path`."""
    url = text(name, default)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} must be a postgresql:// URL; Tradewind keeps its record in PostgreSQL only."
        )
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": query.pop("port", "") or (str(parts.port) if parts.port else ""),
        "OPTIONS": query,
    }

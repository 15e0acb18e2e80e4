"""Form bodies and query strings as Stripe reads them: nested names, checked against the real list.

`line_items[0][price_data][currency]=eur` becomes {"line_items": [{"price_data": {...}}]}. Unknown
names, missing ones and wrong types are refused with Stripe's own error codes. The lists of
parameters come from the official SDK (fixtures/parameters.json).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from rehearsal.stripe.errors import StripeRefusal

REMOVED = {"payment_method_types": "payment_method_types_no_longer_supported"}
"""Parameters that API version 2026-09-30.endive took away, and the error code they earn."""

_PART = re.compile(r"\[([^\]]*)\]")
MAX_METADATA_KEYS, MAX_METADATA_KEY, MAX_METADATA_VALUE = 50, 40, 500


@cache
def _calls() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("fixtures").joinpath("parameters.json").read_text()
    calls: dict[str, dict[str, Any]] = json.loads(text)["calls"]
    return calls


def read_parameters(call: str, encoded: bytes) -> dict[str, Any]:
    """Decode and check the parameters of one call, e.g. "checkout.sessions.create"."""
    return _check_object(decode_form(encoded), {"fields": _calls()[call]}, "")


def decode_form(encoded: bytes) -> dict[str, Any]:
    """Nested dicts from form encoding; lists stay dicts with number keys until checked."""
    tree: dict[str, Any] = {}
    try:
        pairs = parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, strict_parsing=False)
    except (UnicodeDecodeError, ValueError) as error:
        raise StripeRefusal("Invalid UTF-8 in the request's parameters.") from error
    for name, value in pairs:
        head, *_ = name.split("[", 1)
        _put(tree, [head, *_PART.findall(name[len(head) :])], value, name)
    return tree


def _put(tree: dict[str, Any], path: list[str], value: str, name: str) -> None:
    for part in path[:-1]:
        child = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(child, dict):
            raise StripeRefusal(f"Invalid parameter name: {name}", param=name)
        tree = child
    tree[path[-1] or str(len(tree))] = value


def _check_object(raw: dict[str, Any], spec: dict[str, Any], at: str) -> dict[str, Any]:
    fields = spec["fields"]
    checked: dict[str, Any] = {}
    for name, value in raw.items():
        full = f"{at}[{name}]" if at else name
        if name not in fields:
            raise _unknown(name, full)
        checked[name] = _check(value, fields[name], full)
    for name, field in fields.items():
        if field.get("required") and name not in checked:
            full = f"{at}[{name}]" if at else name
            raise missing(full)
    return checked


def _unknown(name: str, full: str) -> StripeRefusal:
    if name in REMOVED:
        return StripeRefusal(
            f"The `{name}` parameter is no longer supported in this API version. Use "
            "`allowed_payment_method_types`, `excluded_payment_method_types` or dynamic payment "
            "methods.",
            code=REMOVED[name],
            param=full,
        )
    return StripeRefusal(
        f"Received unknown parameter: {full}", code="parameter_unknown", param=full
    )


def missing(param: str) -> StripeRefusal:
    """400 for a required parameter that is not there."""
    return StripeRefusal(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _check(value: Any, spec: dict[str, Any], at: str) -> Any:
    kind = spec["type"]
    if value == "" and kind in ("object", "list", "map", "enum"):
        return None  # Stripe's way to empty a field
    if kind == "object" and isinstance(value, str) and spec.get("or_scalar"):
        return _integer(value, at) if value.lstrip("-").isdigit() else value
    if kind == "object":
        return _check_object(_need_dict(value, at, "hash"), spec, at)
    if kind == "list":
        return _check_list(value, spec, at)
    if kind == "map":
        return _check_metadata(_need_dict(value, at, "hash"), at)
    if not isinstance(value, str):
        raise StripeRefusal(f"Invalid {kind}: {json.dumps(value)}", param=at)
    return _check_scalar(value, kind, spec, at)


def _check_scalar(value: str, kind: str, spec: dict[str, Any], at: str) -> Any:
    if kind == "integer":
        return _integer(value, at)
    if kind == "boolean":
        if value not in ("true", "false"):
            raise StripeRefusal(f"Invalid boolean: {value}", param=at)
        return value == "true"
    if kind == "enum" and spec.get("or_scalar") and value not in spec["values"]:
        return _integer(value, at)
    if kind == "enum" and value not in spec["values"]:
        choices = ", ".join(spec["values"])
        raise StripeRefusal(f"Invalid {at}: must be one of {choices}", param=at)
    if "\x00" in value:
        raise StripeRefusal(f"Invalid string: {at} contains a null byte", param=at)
    return value


def _check_list(value: Any, spec: dict[str, Any], at: str) -> list[Any]:
    items = _need_dict(value, at, "array")
    if not all(key.isdecimal() for key in items):
        raise StripeRefusal("Invalid array", param=at)
    ordered = sorted(items.items(), key=lambda item: int(item[0]))
    return [_check(item, spec["of"], f"{at}[{index}]") for index, item in ordered]


def _check_metadata(raw: dict[str, Any], at: str) -> dict[str, str]:
    for key, value in raw.items():
        if not isinstance(value, str):
            raise StripeRefusal("Metadata values must be strings.", param=f"{at}[{key}]")
        if len(key) > MAX_METADATA_KEY:
            raise StripeRefusal(
                f"Metadata keys can be at most {MAX_METADATA_KEY} characters long.", param=at
            )
        if len(value) > MAX_METADATA_VALUE:
            raise StripeRefusal(
                f"Metadata values can have up to {MAX_METADATA_VALUE} characters, but you passed "
                f"in a value that is {len(value)} characters.",
                param=at,
            )
    if len(raw) > MAX_METADATA_KEYS:
        raise StripeRefusal(f"Metadata can have at most {MAX_METADATA_KEYS} keys.", param=at)
    return raw


def _need_dict(value: Any, at: str, word: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StripeRefusal(f"Invalid {word}", param=at)
    return value


def _integer(value: str, at: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
        raise StripeRefusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=at)
    return int(value)

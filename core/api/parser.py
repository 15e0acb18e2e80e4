"""The JSON front door: one parser with limits, which says what is wrong.

Bytes, encoding, depth, number of names and size of numbers are limited before any view sees the
body, because the layers behind (DRF, jsonb) are not: 100,000 brackets are a 500 in DRF, and 1,800
bytes of `1e100000` become 20 MB when PostgreSQL reads them back.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from email.message import Message
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from core.api.body import MAX_BYTES, PayloadTooLarge

MAX_DEPTH = 64
MAX_NAMES = 10_000
MAX_DIGITS = 32
MAX_EXPONENT = 32

_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonParser(BaseParser):
    """`application/json` in UTF-8 whose root is an object."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The body as a dict; numbers with a point are Decimal.

        Raises ParseError (400), PayloadTooLarge (413), UnsupportedMediaType (415).
        """
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_body_bytes", MAX_BYTES)
        _check_charset(media_type or self.media_type)
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise PayloadTooLarge(f"The body is larger than {limit} bytes.")
        return parse_object(raw)


def parse_object(raw: bytes) -> dict[str, Any]:
    """Read one JSON object under the limits above. Raises ParseError naming the reason."""
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise ParseError("The body begins with a byte order mark; send plain UTF-8.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ParseError(f"The body is not UTF-8 (byte {exc.start}).") from None
    hooks = _Hooks()
    try:
        value = json.loads(
            text,
            parse_float=hooks.number_with_point,
            parse_int=hooks.whole_number,
            parse_constant=hooks.not_a_number,
            object_pairs_hook=hooks.object,
        )
    except json.JSONDecodeError as exc:
        raise ParseError(
            f"The body is not JSON: {exc.msg} (line {exc.lineno}, column {exc.colno})."
        ) from None
    except (RecursionError, MemoryError):
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    if not isinstance(value, dict):
        raise ParseError("The body must be a JSON object: {...}.")
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value)
    if "\\u" in text:
        _check_text(value)
    return value


def _check_charset(content_type: str) -> None:
    message = Message()
    message["Content-Type"] = content_type
    charset = message.get_param("charset")
    if charset is not None and str(charset).lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(content_type, "JSON is read as UTF-8 only.")


class _Hooks:
    """Limits that the standard decoder enforces while it reads."""

    def __init__(self) -> None:
        self.names = 0

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.names += len(pairs)
        if self.names > MAX_NAMES:
            raise ParseError(f"The body has more than {MAX_NAMES} names.")
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
            raise ParseError(f"The name {name[:64]!r} appears twice in one object.")
        return made

    def whole_number(self, digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            raise ParseError(f"A number has more than {MAX_DIGITS} digits.")
        return int(digits)

    def number_with_point(self, text: str) -> Decimal:
        mantissa, _, power = text.lower().partition("e")
        if len(mantissa) > MAX_DIGITS + 2 or len(power) > 6 or abs(int(power or 0)) > MAX_EXPONENT:
            raise ParseError(
                f"A number has more than {MAX_DIGITS} digits or an exponent beyond {MAX_EXPONENT}."
            )
        return Decimal(text)

    def not_a_number(self, name: str) -> NoReturn:
        raise ParseError(f"{name} is not a JSON number.")


def _check_depth(root: Any) -> None:
    """Walk level by level, so that the check itself cannot overflow."""
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]


def _check_text(root: Any) -> None:
    """PostgreSQL can store neither NUL nor half a surrogate pair."""
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, str):
            if "\x00" in node:
                raise ParseError("A text holds the character NUL.")
            if _SURROGATE.search(node):
                raise ParseError("A text holds half a surrogate pair.")
        elif isinstance(node, dict):
            open_nodes += node.keys()
            open_nodes += node.values()
        elif isinstance(node, list):
            open_nodes += node

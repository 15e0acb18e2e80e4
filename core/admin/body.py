"""Showing what a stranger sent: readable, escaped, cut, never interpreted."""

import json
from contextlib import suppress

from django.utils.html import format_html
from django.utils.safestring import SafeString

SHOWN = 20_000  # characters


def shown_body(body: bytes | memoryview | None) -> SafeString:
    """JSON indented, other text as it is, binary as a length; always escaped."""
    if body is None:
        return format_html('<span class="text-font-subtle-light">{}</span>', "none")
    raw = bytes(body)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return format_html("<pre>{} bytes that are not text</pre>", len(raw))
    with suppress(ValueError, RecursionError):  # not JSON, or too deep: shown as it came
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    cut = "" if len(text) <= SHOWN else f"\n… {len(text) - SHOWN} characters more"
    return format_html(
        '<pre style="white-space:pre-wrap;overflow-wrap:anywhere">{}{}</pre>', text[:SHOWN], cut
    )

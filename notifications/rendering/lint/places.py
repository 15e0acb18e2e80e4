"""Links that look dead: those written into the words, not those that come with the fact."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from notifications.kinds import Kind
from notifications.rendering.cleaning import SCHEMES
from notifications.rendering.environment import render_template
from notifications.rendering.lint.finding import Finding, error, warning
from notifications.rendering.render import compiled
from notifications.rendering.wording import Wording

_ATTRIBUTE = re.compile(r"""\b(href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_IN_TEXT = re.compile(r"https?://[^\s<>\"]+")
NOWHERE = ("example.com", "example.org", "example.net", "localhost", "127.0.0.1", "test", "invalid")
HTTPS = "A mail's picture must begin with https://."


def link_findings(kind: Kind, wording: Wording) -> Iterator[Finding]:
    """Each address of the HTML and of the plain text, as it is with the sample values."""
    known = _known(kind.sample_context())
    html = _filled(kind, wording, "html")
    for name, quoted, single in _ATTRIBUTE.findall(html):
        address = unescape(quoted or single).strip()
        if address in known:
            continue
        if name.lower() == "src" and not address.startswith("https://"):
            yield error("html", f"{HTTPS} {address[:60]!r} does not.")
        elif problem := _problem(address):
            yield problem("html")
    for address in _IN_TEXT.findall(_filled(kind, wording, "text")):
        if address.rstrip(".,;:!?)") in known:
            continue
        if problem := _problem(address.rstrip(".,;:!?)")):
            yield problem("text")


class _Told:
    def __init__(self, message: str, *, refuses: bool) -> None:
        self.message, self.refuses = message, refuses

    def __call__(self, part: str) -> Finding:
        return (error if self.refuses else warning)(part, self.message)


def _problem(address: str) -> _Told | None:
    shown = f"The link {address[:80]!r}"
    scheme = address.partition(":")[0].lower()
    if address in {"", "#"}:
        return _Told("A link leads nowhere.", refuses=False)
    if ":" not in address or scheme not in SCHEMES:
        known = ", ".join(sorted(SCHEMES))
        return _Told(f"{shown} would be taken out: links begin with {known}.", refuses=True)
    if scheme in {"mailto", "tel"}:
        return None
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    if not host or " " in address or ("." not in host and host != "localhost"):
        return _Told(f"{shown} is no web address.", refuses=True)
    if host in NOWHERE or host.rpartition(".")[2] in {"example", *NOWHERE}:
        return _Told(f"{shown} looks dead: {host} is nobody's.", refuses=False)
    if scheme == "http":
        return _Told(f"{shown} is not encrypted; https:// is.", refuses=False)
    return None


def _filled(kind: Kind, wording: Wording, part: str) -> str:
    source = getattr(wording, part)
    template = compiled(kind.key, wording.language, source, html=part == "html")
    return render_template(template, kind.sample_context())


def _known(values: object) -> set[str]:
    """Every text among the sample values: such links come with the fact."""
    if isinstance(values, str):
        return {values}
    if isinstance(values, dict):
        return set().union(*map(_known, values.values())) if values else set()
    if isinstance(values, list):
        return set().union(*map(_known, values)) if values else set()
    return set()

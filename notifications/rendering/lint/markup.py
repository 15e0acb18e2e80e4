"""HTML that a mail may not hold, found by what the cleaning would take away."""

from collections.abc import Iterator
from html.parser import HTMLParser

from notifications.rendering.cleaning import ATTRIBUTES, TAGS
from notifications.rendering.lint.finding import Finding, error, warning
from notifications.rendering.styles import CLASSES

VOID = {"br", "hr", "img"}


def markup_findings(html: str) -> Iterator[Finding]:
    """Tags, attributes and classes nobody knows here; tags that are not closed; bare pictures."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for message in dict.fromkeys(reader.errors):
        yield error("html", message)
    for message in dict.fromkeys(reader.warnings):
        yield warning("html", message)
    for tag in dict.fromkeys(reader.open):
        yield warning("html", f"<{tag}> is not closed.")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.errors.append(f"A mail may not hold <{tag}>; it would be left out.")
            return
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "class" and (value or "") not in CLASSES:
                self.warnings.append(
                    f"There is no class {value!r}; there are {', '.join(sorted(CLASSES))}."
                )
            elif name not in ATTRIBUTES[tag]:
                self.errors.append(f"<{tag}> may not have {name!r}; it would be left out.")
        if tag == "img" and not dict(attrs).get("alt"):
            self.warnings.append("A picture without `alt` says nothing where pictures are off.")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while (left := self.open.pop()) != tag:
                self.warnings.append(f"<{left}> is not closed.")
        elif tag in TAGS and tag not in VOID:
            self.warnings.append(f"</{tag}> closes nothing.")

"""What HTML a mail may hold: text, tables, links and pictures; no scripts, forms, or own styles.

Cleaned is what came out of a template, not its source: between table rows a parser would move
Liquid's tags elsewhere. What a template may not hold is said when it is saved (lint/); this is the
net below that, for whatever got past it.
"""

import nh3

from notifications.rendering.styles import CLASSES

TAGS = {
    "a", "b", "bdi", "blockquote", "br", "code", "em", "h1", "h2", "hr", "i", "img", "li", "ol",
    "p", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tr", "u", "ul",
}  # fmt: skip
EVERYWHERE = {"class", "dir", "lang", "title"}
ATTRIBUTES = dict.fromkeys(TAGS, EVERYWHERE) | {
    "a": EVERYWHERE | {"href"},
    "img": EVERYWHERE | {"src", "alt", "width", "height"},
    "table": EVERYWHERE | {"role"},
    "td": EVERYWHERE | {"colspan", "rowspan"},
}
SCHEMES = {"https", "http", "mailto", "tel"}
GONE_WITH_CONTENT = {"script", "style", "template", "iframe", "object", "noscript", "textarea"}


def cleaned(html: str) -> str:
    """The HTML without what a mail may not hold, well formed, so that it cannot break the frame."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=GONE_WITH_CONTENT,
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
        attribute_filter=_kept,
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """Only our own classes; pictures only over https; links whole, or not at all."""
    if attribute == "class":
        return value if value in CLASSES else None
    if attribute == "src":
        return value if value.startswith("https://") else None
    if attribute == "href":
        return value if value.partition(":")[0].lower() in SCHEMES else None
    if attribute == "dir":
        return value if value in {"ltr", "rtl", "auto"} else None
    return value

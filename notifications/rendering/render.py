"""From a kind, a context and a language to what is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from liquid.template import BoundTemplate

from notifications.choices.links import SAMPLE, WaysOut, ways_out
from notifications.choices.words import footer_links
from notifications.kinds import Kind, kind_named
from notifications.models import Notification
from notifications.rendering.brand import brand
from notifications.rendering.cleaning import cleaned
from notifications.rendering.environment import compile_template, render_template
from notifications.rendering.formats import direction_of
from notifications.rendering.layout import framed, signature
from notifications.rendering.styles import styled
from notifications.rendering.wording import Wording, wording_of

SUBJECT_CAP = 200  # characters
PUSH_TITLE_CAP, PUSH_BODY_CAP = 150, 600  # characters; FCM takes 4,096 bytes in all


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in all its forms; `language` is the one that was found."""

    language: str
    direction: str
    subject: str
    text: str
    html: str
    push_title: str
    push_body: str


def render(notification: Notification) -> Rendered:
    """What is sent to the person, with the links that no table holds.

    Raises TemplateRefused, NoWording, and NotFound when the user of a link is gone.
    """
    kind = kind_named(notification.kind)
    context = dict(notification.context)
    for name, source in kind.secrets.items():
        context[name] = source(notification.user_id) if notification.user_id else ""
    ways = ways_out(notification, notification.email) if notification.email else None
    return _rendered(kind, context, notification.language, ways)


def in_app_words(kind_key: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Title and text for the list in the app: the words of the push."""
    wording = wording_of(kind_key, language)
    return _push(wording, _renderer(kind_named(kind_key), wording, context))


def render_sample(kind_key: str, language: str) -> Rendered:
    """A preview with made-up values."""
    kind = kind_named(kind_key)
    return _rendered(kind, kind.sample_context(), language, SAMPLE)


def _rendered(kind: Kind, context: dict[str, Any], language: str, ways: WaysOut | None) -> Rendered:
    wording = wording_of(kind.key, language)
    direction = direction_of(wording.language)
    fill = _renderer(kind, wording, context)
    subject = one_line(fill("subject"), SUBJECT_CAP)
    title, body = _push(wording, fill)
    looks = brand()
    links = footer_links(ways, wording.language)
    footer = "".join(f"{words}: {address}\n" for words, address in links)
    return Rendered(
        language=wording.language,
        direction=direction,
        subject=subject,
        text=f"{fill('text').strip()}\n\n{signature(looks)}\n{footer}",
        html=framed(
            body=styled(cleaned(fill("html")), direction, looks),
            title=subject,
            preheader=one_line(fill("preheader"), SUBJECT_CAP),
            language=wording.language,
            direction=direction,
            brand=looks,
            links=links,
        ),
        push_title=title,
        push_body=body,
    )


def _renderer(kind: Kind, wording: Wording, context: dict[str, Any]) -> Callable[[str], str]:
    def fill(section: str) -> str:
        return render_template(_compiled(kind.key, wording, section), context)

    return fill


@lru_cache(maxsize=512)
def _compiled(kind_key: str, wording: Wording, section: str) -> BoundTemplate:
    source = getattr(wording, section)
    return compile_template(
        source, kind=kind_named(kind_key), language=wording.language, html=section == "html"
    )


def _push(wording: Wording, fill: Callable[[str], str]) -> tuple[str, str]:
    title, _, body = fill("push").strip().partition("\n") if wording.push else ("", "", "")
    return one_line(title, PUSH_TITLE_CAP), one_line(body, PUSH_BODY_CAP)


def one_line(text: str, cap: int) -> str:
    """White space collapsed (a line break in a header would begin another header), cut at `cap`."""
    flat = " ".join(text.split())
    return flat if len(flat) <= cap else f"{flat[: cap - 1]}…"

"""From a kind, a context and a language to what is sent."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from liquid.template import BoundTemplate

from notifications.choices.links import WaysOut, sample_ways_out, ways_out
from notifications.choices.words import footer_links
from notifications.enums import Channel, TemplateChannel
from notifications.kinds import Kind, kind_named
from notifications.models import Notification
from notifications.rendering.brand import brand
from notifications.rendering.cleaning import cleaned
from notifications.rendering.environment import compile_template, render_template
from notifications.rendering.formats import direction_of
from notifications.rendering.layout import framed, signature
from notifications.rendering.styles import styled
from notifications.rendering.wording import Published, Wording, published_of, wording_of

MASK = "https://hidden.example/•••"  # what is shown of a link that opens an account
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
    version: str = ""  # of the mail's wording, when staff wrote it


def push_words(notification: Notification, published: Published) -> tuple[str, str]:
    """Title and text of a push to the person, with the links that no table holds; `published` is
    what staff published of the kind.

    Raises TemplateRefused, NoWording, and NotFound when the user of a link is gone.
    """
    kind, language = kind_named(notification.kind), notification.language
    wording = wording_of(kind.key, language, TemplateChannel.PUSH, published)
    return filled_push(kind, wording, _context(kind, notification, masked=False))


def render_with_copy(notification: Notification) -> tuple[Rendered, Rendered]:
    """What is sent, with the links that no table holds; and the same with a mask for every link
    that opens something: fit to be kept and shown. Raises as `push_words`."""
    published = published_of(notification.kind)
    return (
        _made(notification, published, masked=False),
        _made(notification, published, masked=True),
    )


def _made(notification: Notification, published: Published, *, masked: bool) -> Rendered:
    kind = kind_named(notification.kind)
    context = _context(kind, notification, masked=masked)
    ways = None
    if notification.email:
        ways = (
            sample_ways_out(kind.key, notification.category)
            if masked
            else ways_out(notification, notification.email)
        )
    return filled(kind, context, notification.language, ways, published)


def _context(kind: Kind, notification: Notification, *, masked: bool) -> dict[str, Any]:
    context = dict(notification.context)
    for name, source in kind.secrets.items():
        person = notification.user_id
        context[name] = MASK if masked else source(person) if person else ""
    return context


def in_app_words(
    kind_key: str, language: str, context: dict[str, Any], published: Published = ()
) -> tuple[str, str]:
    """Title and text for the list in the app: the words of the push."""
    wording = wording_of(kind_key, language, TemplateChannel.PUSH, published)
    return filled_push(kind_named(kind_key), wording, context)


def filled(
    kind: Kind,
    context: dict[str, Any],
    language: str,
    ways: WaysOut | None,
    published: Published = (),
) -> Rendered:
    """Mail and push of a kind, each in the nearest language it has, as far as it is told so."""
    made = Rendered(language, direction_of(language), "", "", "", "", "")
    if Channel.EMAIL in kind.channels:
        mail = wording_of(kind.key, language, TemplateChannel.EMAIL, published)
        made = filled_mail(kind, mail, context, ways)
    if kind.channels & {Channel.PUSH, Channel.IN_APP}:
        push = wording_of(kind.key, language, TemplateChannel.PUSH, published)
        title, body = filled_push(kind, push, context)
        made = replace(made, push_title=title, push_body=body)
    return made


def filled_mail(
    kind: Kind, wording: Wording, context: dict[str, Any], ways: WaysOut | None
) -> Rendered:
    """The mail of one wording."""
    direction = direction_of(wording.language)

    def fill(part: str) -> str:
        return _fill(kind, wording, part, context)

    subject = one_line(fill("subject"), SUBJECT_CAP)
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
        push_title="",
        push_body="",
        version=wording.version,
    )


def filled_push(kind: Kind, wording: Wording, context: dict[str, Any]) -> tuple[str, str]:
    """Title and body, each one line."""
    title, body = (_fill(kind, wording, part, context) for part in ("push_title", "push_body"))
    return one_line(title, PUSH_TITLE_CAP), one_line(body, PUSH_BODY_CAP)


def _fill(kind: Kind, wording: Wording, part: str, context: dict[str, Any]) -> str:
    template = compiled(kind.key, wording.language, getattr(wording, part), html=part == "html")
    return render_template(template, context)


@lru_cache(maxsize=512)
def compiled(kind_key: str, language: str, source: str, *, html: bool) -> BoundTemplate:
    """Remembered by the words themselves: other words are another template, nothing grows old.

    Raises TemplateRefused.
    """
    return compile_template(source, kind=kind_named(kind_key), language=language, html=html)


def one_line(text: str, cap: int) -> str:
    """White space collapsed (a line break in a header would begin another header), cut at `cap`."""
    flat = " ".join(text.split())
    return flat if len(flat) <= cap else f"{flat[: cap - 1]}…"

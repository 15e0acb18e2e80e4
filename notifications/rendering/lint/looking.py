"""A look at a wording before it goes out: what would fail, and what readers would stumble over."""

from collections.abc import Iterator

from notifications.enums import TemplateChannel
from notifications.kinds import Kind
from notifications.rendering.environment import TemplateRefused, render_template
from notifications.rendering.lint.finding import Finding, error, has_errors, warning
from notifications.rendering.lint.markup import markup_findings
from notifications.rendering.lint.places import link_findings
from notifications.rendering.render import compiled, one_line
from notifications.rendering.wording import FIELDS, Wording

NEEDED = {
    TemplateChannel.EMAIL.value: ("subject", "html", "text"),
    TemplateChannel.PUSH.value: ("push_title", "push_body"),
}
EMPTY = {
    "subject": "A mail without a subject looks like spam.",
    "html": "The HTML is missing.",
    "text": "The plain text is missing: it is what watches, screen readers and spam filters read.",
    "push_title": "A push needs a title.",
    "push_body": "A push needs a text.",
}
# What is shown in one piece: subjects by phones in portrait, pushes on lock screens.
COMFORTABLE = {"subject": 70, "preheader": 140, "push_title": 50, "push_body": 150}
MOST = {"subject": 200, "preheader": 200, "push_title": 150, "push_body": 600}


def findings_of(kind: Kind, channel: str, wording: Wording) -> list[Finding]:
    """All that is wrong, in the order of the fields. Takes as long as rendering it."""
    found = [one for part in FIELDS[channel] for one in _part(kind, wording, part)]
    if channel == TemplateChannel.EMAIL and not has_errors(found):
        found += _bodies(kind, wording)
    return found


def _part(kind: Kind, wording: Wording, part: str) -> Iterator[Finding]:
    source = getattr(wording, part)
    if not source.strip():
        if part in (*NEEDED["email"], *NEEDED["push"]):
            yield error(part, EMPTY[part])
        return
    try:
        template = compiled(kind.key, wording.language, source, html=part == "html")
        filled = render_template(template, kind.sample_context())
        bare = render_template(template, kind.bare_context())
    except TemplateRefused as refused:
        for problem in refused.problems:
            yield error(part, problem)
        return
    if part in EMPTY and not bare.strip():
        yield error(part, "Nothing is left of it when what may be missing is missing.")
    if part in MOST:
        length = len(one_line(filled, 10_000))
        if length > MOST[part]:
            yield error(part, f"With the sample values it has {length} characters; {MOST[part]} "
                              "are the most.")  # fmt: skip
        elif length > COMFORTABLE[part]:
            yield warning(part, f"With the sample values it has {length} characters; many devices "
                                f"cut after about {COMFORTABLE[part]}.")  # fmt: skip
    if part == "html":
        yield from markup_findings(filled)


def _bodies(kind: Kind, wording: Wording) -> Iterator[Finding]:
    """What both bodies must lead to, and what one has and the other has not."""
    names = {
        part: set(
            compiled(kind.key, wording.language, getattr(wording, part), html=part == "html")
            .analyze(include_partials=False)
            .globals
        )
        for part in ("subject", "html", "text")
    }
    always = {variable.name for variable in kind.variables if variable.required}
    for part, other in (("html", "text"), ("text", "html")):
        for secret in kind.secrets:
            if secret not in names[part]:
                yield error(part, f"Without {secret!r} nobody can do what this mail asks for.")
        for name in sorted((names[other] - names[part] - names["subject"]) & always):
            yield warning(part, f"{name!r} stands in the {_BODY[other]} only.")
    yield from link_findings(kind, wording)


_BODY = {"html": "HTML", "text": "plain text"}

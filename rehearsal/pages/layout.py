"""The frame around every page."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import HTMLResponse

from rehearsal.pages.html import Html, html

STATIC = Path(__file__).with_name("static")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'"
)
"""No `form-action`: after paying, the browser must be allowed to go on to the shop."""

MENU = (("/", "Stage"), ("/mail", "Mailbox"), ("/push", "Phone"))

NOTHING = Html("")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/rehearsal.css">
{head}
</head>
<body class="{body_class}">
{body}
</body>
</html>
"""

_FRAME = """<header class="top"><a class="brand" href="/"><span class="mark"></span>Rehearsal</a>
<nav>{menu}</nav><span class="ribbon">no real money, mail or push</span></header>
<main>{content}</main>"""


def page(title: str, content: Html, *, active: str = "", live: bool = False) -> HTMLResponse:
    """A page with menu; `live` pages refresh the parts marked `data-live`."""
    menu = Html("").join(
        html(
            '<a href="{path}"{here}>{name}</a>',
            path=path,
            here=Html(' aria-current="page"') if path == active else Html(""),
            name=name,
        )
        for path, name in MENU
    )
    body = html(_FRAME, menu=Html(menu), content=content)
    script = Html('<script src="/static/live.js" defer></script>') if live else Html("")
    return bare_page(f"{title} · Rehearsal", body, head=script)


def bare_page(
    title: str, body: Html, *, body_class: str = "", head: Html = NOTHING, status: int = 200
) -> HTMLResponse:
    """A page without menu."""
    filled = html(_PAGE, title=title, body=body, body_class=body_class, head=head)
    return HTMLResponse(
        filled,
        status,
        headers={
            "content-security-policy": POLICY,
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        },
    )

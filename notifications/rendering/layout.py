"""The frame around every HTML e-mail: 600 px, one column, light and dark, both directions."""

from html import escape

from notifications.rendering.brand import Brand
from notifications.rendering.night import night_rules
from notifications.rendering.styles import FONT, GROUND, INK, LINE, PAPER, SOFT

DARK_QUERY = "@media (prefers-color-scheme: dark)"
_FRAME = """\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<!--[if mso]><xml><o:OfficeDocumentSettings xmlns:o="urn:schemas-microsoft-com:office:office">\
<o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->
<style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark }}
@media (max-width:620px) {{
.card {{ padding:28px 22px !important }}
.card .amount {{ font-size:30px !important }}
}}
{dark_query} {{
{night}
}}
</style>
<style>
{outlook_night}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:{ground};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{preheader}{filler}</div>
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" \
dir="{direction}" style="background:{ground}">
<tr><td align="center" style="padding:32px 12px">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0"><tr><td>\
<![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" dir="{direction}" \
style="max-width:600px">
<tr><td class="head" style="padding:0 4px 16px;text-align:{start};font:700 17px/1.2 {font};\
color:{ink}">{head}</td></tr>
<tr><td class="card" style="padding:40px;background:{paper};border:1px solid {line};\
border-top:4px solid {accent};border-radius:14px;text-align:{start}">
{body}
</td></tr>
<tr><td class="foot" style="padding:20px 4px;text-align:{start};font:400 13px/1.6 {font};\
color:{soft}">{foot}{ways_out}</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
"""
# Behind the preheader, so that mail programs do not show the beginning of the mail as well.
_FILLER = "&#847;&zwnj;&nbsp;" * 40


def framed(
    *,
    body: str,
    title: str,
    preheader: str,
    language: str,
    direction: str,
    brand: Brand,
    links: list[tuple[str, str]],
) -> str:
    """The whole page. `body` is HTML; all else is text and is escaped here. `links`: words and
    addresses of the footer."""
    ways_out = " · ".join(
        f'<a href="{escape(address)}" style="color:{SOFT}">{escape(words)}</a>'
        for words, address in links
    )
    return _FRAME.format(
        body=body,
        title=escape(title),
        preheader=escape(preheader),
        filler=_FILLER if preheader else "",
        language=escape(language),
        direction=direction,
        start="right" if direction == "rtl" else "left",
        head=_head(brand),
        foot=_foot(brand),
        ways_out=f"<br>{ways_out}" if ways_out else "",
        accent=brand.accent,
        dark_query=DARK_QUERY,
        night=night_rules(brand),
        outlook_night=night_rules(brand, mark="[data-ogsc]").replace(
            "[data-ogsc] .ground", "[data-ogsb] .ground"
        ),
        font=FONT,
        ink=INK,
        soft=SOFT,
        line=LINE,
        paper=PAPER,
        ground=GROUND,
    )


def signature(brand: Brand) -> str:
    """The same foot for the plain text, behind the line that mail programs know."""
    return "\n".join(["-- ", *filter(None, (brand.name, brand.address, brand.url))])


def in_scheme(html: str, scheme: str) -> str:
    """The mail as a reader with "light" or "dark" sees it, whatever the looker's own choice."""
    return html.replace(DARK_QUERY, "@media all" if scheme == "dark" else "@media not all", 1)


def _head(brand: Brand) -> str:
    name = escape(brand.name)
    if not brand.logo:
        return name
    return (
        f'<img src="{escape(brand.logo)}" alt="{name}" height="40" '
        'style="display:block;height:40px;width:auto;border:0">'
    )


def _foot(brand: Brand) -> str:
    link = f'<a href="{escape(brand.url)}" style="color:{SOFT}">{escape(brand.url)}</a>'
    first = f"{escape(brand.name)} · {link}"
    return f"{first}<br>{escape(brand.address)}" if brand.address else first

"""The frame around every HTML e-mail: 600 px, one column, light and dark, both directions."""

from html import escape

from notifications.rendering.styles import ACCENT, FONT, INK, LINE, PAPER, SOFT

_FRAME = """\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="supported-color-schemes" content="light">
<title>{title}</title>
<style>
@media (max-width:620px) {{ .card {{ padding:28px 22px !important }} }}
</style>
</head>
<body style="margin:0;padding:0;background:#f2f5f7;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden">{preheader}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" dir="{direction}" \
style="background:#f2f5f7">
<tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" dir="{direction}" \
style="max-width:600px">
<tr><td style="padding:0 4px 16px;text-align:{start};font:700 17px/1 {font};color:{ink}">\
{shop}</td></tr>
<tr><td class="card" style="padding:40px;background:{paper};border:1px solid {line};\
border-top:4px solid {accent};border-radius:14px;text-align:{start}">
{body}
</td></tr>
<tr><td style="padding:20px 4px;text-align:{start};font:400 13px/1.6 {font};color:{soft}">\
{shop} · <a href="{url}" style="color:{soft}">{url}</a></td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""


def framed(
    *, body: str, title: str, preheader: str, language: str, direction: str, shop: str, url: str
) -> str:
    """The whole page. `body` is HTML; all else is text and is escaped here."""
    return _FRAME.format(
        body=body,
        title=escape(title),
        preheader=escape(preheader),
        language=escape(language),
        direction=direction,
        start="right" if direction == "rtl" else "left",
        shop=escape(shop),
        url=escape(url),
        accent=ACCENT,
        font=FONT,
        ink=INK,
        soft=SOFT,
        line=LINE,
        paper=PAPER,
    )

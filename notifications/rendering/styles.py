"""Looks of the e-mails. Mail programs drop style sheets, so each element carries its own style.

Templates are written in plain HTML (h1, p, table.lines, a.button ...); the styles are put on the
tags when the mail is rendered, with the reading direction's own start and end.
"""

import re

INK, SOFT, LINE, PAPER, ACCENT = "#16232e", "#5d6b78", "#e3e8ec", "#ffffff", "#0f766e"
FONT = (
    "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',"
    "'Helvetica Neue',Arial,sans-serif"
)
STYLES = {
    "h1": f"margin:0 0 16px;font:600 24px/1.3 {FONT};color:{INK}",
    "p": f"margin:0 0 16px;font:400 16px/1.6 {FONT};color:{INK}",
    "p.soft": f"margin:0 0 8px;font:400 14px/1.6 {FONT};color:{SOFT}",
    "a": f"color:{ACCENT};text-decoration:underline",
    "a.button": (
        f"display:inline-block;padding:13px 26px;border-radius:8px;background:{ACCENT};"
        f"color:#ffffff;font:600 16px/1 {FONT};text-decoration:none"
    ),
    "p.action": f"margin:24px 0;font:400 16px/1.6 {FONT}",
    "p.amount": f"margin:0 0 20px;font:600 34px/1.2 {FONT};color:{ACCENT}",
    "table.lines": "width:100%;border-collapse:collapse;margin:8px 0 24px",
    "td": (
        f"padding:12px 0;border-bottom:1px solid {LINE};text-align:@start;"
        f"font:400 15px/1.5 {FONT};color:{INK}"
    ),
    "td.count": (
        f"padding:12px 12px;border-bottom:1px solid {LINE};text-align:@end;"
        f"font:400 15px/1.5 {FONT};color:{SOFT};white-space:nowrap"
    ),
    "td.sum": (
        f"padding:12px 0;border-bottom:1px solid {LINE};text-align:@end;"
        f"font:400 15px/1.5 {FONT};color:{INK};white-space:nowrap"
    ),
    "td.total": f"padding:14px 0;text-align:@start;font:600 17px/1.5 {FONT};color:{INK}",
    "td.total-sum": (
        f"padding:14px 0;text-align:@end;font:600 17px/1.5 {FONT};color:{INK};white-space:nowrap"
    ),
    "span.tag": (
        "display:inline-block;padding:4px 12px;border-radius:999px;background:#d9f2ee;"
        f"color:#0b5750;font:600 13px/1.5 {FONT}"
    ),
}
_TAG = re.compile(r'<(h1|p|a|table|td|span)((?:\s+[a-z-]+="[^"<>]*")*)\s*>')
_CLASS = re.compile(r'\s+class="([a-z-]+)"')


def styled(html: str, direction: str) -> str:
    """Put the styles on the tags of a rendered body. Text is left alone: it has no raw `<`."""
    start, end = ("right", "left") if direction == "rtl" else ("left", "right")

    def dress(match: re.Match[str]) -> str:
        tag, attributes = match.groups()
        named = _CLASS.search(attributes)
        style = STYLES.get(f"{tag}.{named[1]}" if named else tag, STYLES.get(tag, ""))
        style = style.replace("@start", start).replace("@end", end)
        kept = _CLASS.sub("", attributes)
        return f'<{tag}{kept} style="{style}">' if style else f"<{tag}{kept}>"

    return _TAG.sub(dress, html)

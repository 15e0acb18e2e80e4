"""Looks of the e-mails. Mail programs drop style sheets, so each element carries its own style.

Templates are written in plain HTML (h1, p, table.lines, a.button ...); the styles are put on the
tags when the mail is rendered, with the reading direction's own start and end. Classes stay on
the tags: by them the night's colours (night.py) find what to change.
"""

import re
from html import unescape

from notifications.rendering.brand import Brand

INK, SOFT, LINE, PAPER, GROUND = "#16232e", "#5d6b78", "#e3e8ec", "#ffffff", "#f2f5f7"
FONT = (
    "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',"
    "'Helvetica Neue',Arial,sans-serif"
)
STYLES = {
    "h1": f"margin:0 0 16px;font:600 24px/1.3 {FONT};color:{INK}",
    "h2": f"margin:24px 0 8px;font:600 18px/1.4 {FONT};color:{INK}",
    "p": f"margin:0 0 16px;font:400 16px/1.6 {FONT};color:{INK}",
    "ul": f"margin:0 0 16px;padding:0 24px;font:400 16px/1.6 {FONT};color:{INK}",
    "ol": f"margin:0 0 16px;padding:0 24px;font:400 16px/1.6 {FONT};color:{INK}",
    "hr": f"margin:24px 0;border:0;border-top:1px solid {LINE}",
    "blockquote": (
        f"margin:0 0 16px;padding:4px 16px;border-@start:4px solid {LINE};"
        f"font:400 16px/1.6 {FONT};color:{INK}"
    ),
    "img": "max-width:100%;height:auto;border:0",
    "p.soft": f"margin:0 0 8px;font:400 14px/1.6 {FONT};color:{SOFT}",
    "a": "color:@link;text-decoration:underline",
    "a.button": (
        "display:inline-block;padding:13px 26px;border-radius:8px;background:@accent;"
        f"color:@on;font:600 16px/1.2 {FONT};text-decoration:none"
    ),
    "p.action": f"margin:24px 0;font:400 16px/1.6 {FONT}",
    "p.amount": f"margin:0 0 20px;font:600 34px/1.2 {FONT};color:@link",
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
        f"font:400 15px/1.5 {FONT};color:{INK}"
    ),
    "td.total": f"padding:14px 0;text-align:@start;font:600 17px/1.5 {FONT};color:{INK}",
    "td.total-sum": (
        f"padding:14px 0;text-align:@end;font:600 17px/1.5 {FONT};color:{INK};white-space:nowrap"
    ),
    "span.tag": (
        "display:inline-block;padding:4px 12px;border-radius:999px;background:#e7edf1;"
        f"color:#2b3a46;font:600 13px/1.5 {FONT}"
    ),
}
CLASSES = frozenset(name.partition(".")[2] for name in STYLES if "." in name)
_NAMES = "|".join(sorted({name.partition(".")[0] for name in STYLES}, key=len, reverse=True))
_TAG = re.compile(rf'<({_NAMES})((?:\s+[a-z-]+="[^"<>]*")*)\s*>')
_CLASS = re.compile(r'\s+class="([a-z-]+)"')
_BUTTON = re.compile(r'<a(?=[^>]*class="button")[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")

# Word renders Outlook's mails and knows neither padding nor rounded corners on a link.
_FOR_WORD = (
    '<!--[if mso]><v:roundrect xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w="urn:schemas-microsoft-com:office:word" href="{href}" '
    'style="height:46px;v-text-anchor:middle;width:{width}px" arcsize="17%" stroke="f" '
    'fillcolor="{accent}"><w:anchorlock/><center style="color:{on};font-family:Arial,sans-serif;'
    'font-size:16px;font-weight:bold">{label}</center></v:roundrect><![endif]-->'
    "<!--[if !mso]><!-->{link}<!--<![endif]-->"
)


def styled(html: str, direction: str, brand: Brand) -> str:
    """Put the styles on the tags of a rendered body. Text is left alone: it has no raw `<`."""
    start, end = ("right", "left") if direction == "rtl" else ("left", "right")
    words = {
        "@start": start, "@end": end, "@accent": brand.accent, "@on": brand.on_accent,
        "@link": brand.ink_accent,
    }  # fmt: skip

    def dress(match: re.Match[str]) -> str:
        tag, attributes = match.groups()
        named = _CLASS.search(attributes)
        style = STYLES.get(f"{tag}.{named[1]}" if named else tag, STYLES.get(tag, ""))
        for word, value in words.items():
            style = style.replace(word, value)
        return f'<{tag}{attributes} style="{style}">' if style else f"<{tag}{attributes}>"

    return _TAG.sub(dress, _BUTTON.sub(lambda found: _for_word(found, brand), html))


def _for_word(found: re.Match[str], brand: Brand) -> str:
    label = _MARKUP.sub("", found[2])
    return _FOR_WORD.format(
        href=found[1],
        width=60 + 10 * len(unescape(label)),  # Word wants a number: about 10 px a letter
        accent=brand.accent,
        on=brand.on_accent,
        label=label,
        link=found[0],
    )

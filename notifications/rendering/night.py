"""The mails' colours at night: for programs that ask for them, and for those that change ours.

Apple Mail, Thunderbird and Outlook on phones follow the media query. Outlook.com rewrites colours
and marks what it rewrote with data-ogsc (text) and data-ogsb (ground): there ours are put back.
Gmail knows neither and inverts by itself, for which the day's colours are chosen well apart.
"""

from notifications.rendering.brand import NIGHT, Brand

GROUND, LINE, INK, SOFT, TAG = "#0f171e", "#2f3e4b", "#e8eef2", "#a3b3bf", "#2f3e4b"


def night_rules(brand: Brand, *, mark: str = "") -> str:
    """The rules; `mark` is what stands before each selector."""
    rules = {
        ".ground": f"background:{GROUND}",
        ".card": f"background:{NIGHT};border-color:{LINE};border-top-color:{brand.accent}",
        ".head, .card h1, .card h2, .card p, .card td, .card ul, .card ol, .card blockquote": (
            f"color:{INK}"
        ),
        ".foot, .foot a, .card .soft, .card .count": f"color:{SOFT}",
        ".card td, .card hr, .card blockquote": f"border-color:{LINE}",
        ".card a, .card .amount": f"color:{brand.light_accent}",
        ".card a.button": f"background:{brand.accent};color:{brand.on_accent}",
        ".card .tag": f"background:{TAG};color:{INK}",
    }
    return "\n".join(
        f"{_marked(selectors, mark)} {{ {_firm(style)} }}" for selectors, style in rules.items()
    )


def _marked(selectors: str, mark: str) -> str:
    return ", ".join(f"{mark} {one}".strip() for one in selectors.split(", "))


def _firm(style: str) -> str:
    """Inline styles yield to nothing less."""
    return ";".join(f"{one} !important" for one in style.split(";"))

"""The shop's looks in mails, from BRAND_* settings, in colours that can be read on either paper."""

from dataclasses import dataclass

from django.conf import settings

WHITE, NIGHT = "#ffffff", "#18232d"  # the card by day and by night
READABLE = 4.5  # WCAG 2 AA, ordinary text


@dataclass(frozen=True, slots=True)
class Brand:
    """`accent` is for buttons and large figures by day, `light_accent` for text at night."""

    name: str
    logo: str
    address: str
    url: str
    accent: str
    on_accent: str  # text on a button
    ink_accent: str  # links by day
    light_accent: str  # links at night


def brand() -> Brand:
    """As the settings say now."""
    accent = settings.BRAND_COLOR
    return Brand(
        name=settings.BRAND_NAME,
        logo=settings.BRAND_LOGO_URL,
        address=settings.BRAND_ADDRESS,
        url=settings.BASE_URL,
        accent=accent,
        on_accent=WHITE if contrast(accent, WHITE) >= contrast(accent, "#16232e") else "#16232e",
        ink_accent=readable_on(WHITE, accent),
        light_accent=readable_on(NIGHT, accent),
    )


def readable_on(paper: str, color: str) -> str:
    """The nearest shade of a colour that can be read on that paper."""
    towards = "#000000" if luminance(paper) > 0.5 else WHITE
    for step in range(21):
        shade = mixed(color, towards, step / 20)
        if contrast(shade, paper) >= READABLE:
            return shade
    return towards


def contrast(one: str, other: str) -> float:
    """WCAG's ratio, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    """0 for black, 1 for white."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(color: str, other: str, share: float) -> str:
    """`share` of the other colour in the first."""
    pairs = zip(parts(color), parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def parts(color: str) -> tuple[int, int, int]:
    """Red, green, blue of "#rrggbb"."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)

"""Hanging the drawn pictures on the demo's products, each once."""

import colorsys
from collections.abc import Callable
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from commerce.demo.catalogue import products
from commerce.demo.pictures.canvas import Canvas, Colour, shade
from commerce.demo.pictures.shapes import shape_for
from commerce.models import Product, ProductMedia, Variant
from commerce.services.media import add_media
from core.identity import acting_as_system

NAMED: dict[str, Colour] = {
    "Black": (52, 52, 56), "Moss": (96, 112, 66), "Rust": (168, 84, 48), "White": (238, 236, 230),
    "Indigo": (52, 62, 120), "Natural": (222, 208, 180), "Blue stripe": (110, 140, 180),
    "Chalk": (232, 228, 220), "Clay": (190, 120, 90), "Olive": (122, 122, 70),
    "Grey": (140, 142, 146), "Ochre": (204, 148, 58), "Sand": (216, 194, 158),
    "Navy": (38, 50, 84), "Brass": (196, 158, 84), "Green": (62, 126, 98), "Ink": (40, 48, 82),
    "Honey": (216, 160, 70), "Red": (164, 50, 48), "Iron": (78, 84, 92), "Heather": (138, 106, 148),
    "Peat": (86, 66, 50), "Ivory": (240, 232, 214), "Brown": (112, 80, 56),
}  # fmt: skip
MATERIAL: dict[str, Colour] = {
    "whisk": (206, 180, 120), "caddy": (128, 52, 44), "knife": (140, 92, 58),
    "stone": (150, 150, 146), "pan": (56, 56, 60), "bell": (70, 90, 92), "sheet": (226, 216, 198),
    "weekender": (92, 80, 64), "savon": (190, 186, 128), "apron": (90, 108, 124),
    "pendant": (250, 244, 230), "candle": (236, 228, 208), "candles": (224, 172, 72),
    "star": (250, 244, 230), "tray": (178, 132, 84), "hooks": (150, 108, 70),
    "rug": (214, 200, 176), "oil": (196, 150, 60), "soap": (52, 48, 44), "satchel": (150, 88, 48),
    "glasses": (120, 170, 160), "notebook": (44, 72, 92), "letter": (236, 228, 210),
    "pen": (40, 44, 52), "calendar": (176, 72, 60), "letterpress": (90, 110, 130),
    "nibs": (104, 66, 44), "chocolate": (82, 50, 36), "salt": (236, 180, 170),
    "beans": (92, 60, 40), "roasting": (120, 80, 52),
}  # fmt: skip
CARE = (
    "How to look after it\n\n"
    "1. Keep it dry and out of strong sun.\n"
    "2. Clean it with a soft cloth and lukewarm water.\n"
    "3. It ages well: small marks are part of it.\n"
)
CARED_FOR = {"kitchen", "textiles", "bags"}


def hang_pictures(*, progress: Callable[[int], None] = lambda done: None) -> int:
    """A picture for each product of the demo, one more for each colour it comes in, and a sheet
    on how to look after some. What has a picture keeps it. Returns how many were hung."""
    hung = 0
    with acting_as_system("demo"):
        with transaction.atomic():
            bare = Product.objects.exclude(pk__in=ProductMedia.objects.values("product_id"))
            by_name = {p.name: p for p in bare.prefetch_related("variants")}
        for done, demo in enumerate(products(), start=1):
            product = by_name.get(demo.name)
            if product is not None:
                hung += _hang(product, demo.category)
            progress(done)
    return hung


def _hang(product: Product, category: str) -> int:
    coloured: list[tuple[Variant | None, Colour]] = [
        (variant, NAMED[value])
        for variant in product.variants.all()
        for value in variant.options.values()
        if value in NAMED
    ]
    for variant, colour in coloured or [(None, _own_colour(product.name))]:
        title = f"{product.name}, {variant.title}" if variant else product.name
        _add(product.pk, f"{title}.jpg", drawn(product.name, colour), title, variant)
    if category in CARED_FOR:
        text = f"{product.name}\n\n{CARE}".encode()
        _add(product.pk, "How to look after it.txt", text, "", None)
    return 1


def _add(product_id: UUID, name: str, content: bytes, alt: str, variant: Variant | None) -> None:
    add_media(
        product_id=product_id,
        upload=SimpleUploadedFile(name, content),
        alt={"en": alt} if alt else {},
        variant_id=variant.pk if variant else None,
    )


def drawn(name: str, colour: Colour) -> bytes:
    """The product of this name in this colour, before a wall that suits it."""
    hue, light, _ = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    wall = colorsys.hls_to_rgb((hue + 0.48) % 1, 0.87 if light < 0.75 else 0.72, 0.28)
    canvas = Canvas(tuple(int(part * 255) for part in wall))  # type: ignore[arg-type]  # three
    shape_for(name)(canvas, colour)
    canvas.signed(name, shade(tuple(int(p * 255) for p in wall), 0.55))  # type: ignore[arg-type]  # three
    return canvas.finished().getvalue()


def _own_colour(name: str) -> Colour:
    """Of what it is made; clay where nobody has thought of it."""
    words = name.lower().replace(",", " ").replace("-", " ").split()
    return next((MATERIAL[word] for word in reversed(words) if word in MATERIAL), NAMED["Clay"])

"""Pictures are drawn anew (ASVS 5.2, 14.2.8): what is stored are pixels we have seen.

No EXIF with the place it was taken, nothing hidden behind the picture, no SVG. Colours of wide
profiles become sRGB, since the profile goes too.
"""

import threading
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 85
# A picture of 40 megapixels takes 160 MB while it is drawn: so many at a time in one process.
_drawing = threading.BoundedSemaphore(2)
_SRGB = ImageCms.createProfile("sRGB")
BROKEN = "This is not a JPEG, PNG or WebP picture we can read."


class Unreadable(Exception):
    """No picture, or not one we draw; the message is for people."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A WebP of our own."""

    content: bytes
    width: int
    height: int


def redrawn(source: IO[bytes], *, edge: int, largest_pixels: int) -> Drawing:
    """The picture as WebP, upright, its longest edge at most `edge` pixels.

    The announced size is looked at before any pixel is unpacked. Raises Unreadable.
    """
    try:
        with _drawing:
            source.seek(0)
            return _drawn(source, edge=edge, largest_pixels=largest_pixels)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,  # where warnings are errors
        OSError,
        ValueError,
        SyntaxError,  # Pillow's word for a broken PNG
        EOFError,
        MemoryError,
        OverflowError,
    ):
        raise Unreadable(BROKEN) from None


def _drawn(source: IO[bytes], *, edge: int, largest_pixels: int) -> Drawing:
    with Image.open(source, formats=FORMATS) as picture:
        if picture.width * picture.height > largest_pixels:
            raise Unreadable(
                f"The picture has {picture.width} by {picture.height} pixels; "
                f"{largest_pixels // 1_000_000} megapixels are the most."
            )
        picture.draft("RGB", (edge, edge))  # JPEGs are unpacked at a fraction of their size
        profile = picture.info.get("icc_profile")
        upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((edge, edge))  # first made small: the rest then costs little
    upright = _in_srgb(upright, profile)
    out = BytesIO()
    upright.save(out, "WEBP", quality=QUALITY)
    return Drawing(out.getvalue(), upright.width, upright.height)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours without their profile; alpha only where something shines through."""
    alpha = _alpha_of(picture)
    if picture.mode not in {"RGB", "CMYK"} or not profile:
        plain = picture.convert("RGB")
    else:
        plain = _translated(picture, profile)
    if alpha is not None:
        plain.putalpha(alpha)
    return plain


def _alpha_of(picture: Image.Image) -> Image.Image | None:
    if not picture.has_transparency_data:
        return None
    alpha = picture.convert("RGBA").getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _translated(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        made = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        made = None  # a broken profile: the colours as they stand
    return made if made is not None else picture.convert("RGB")

"""Pictures of people: looked into, made small and written anew (ASVS 5.2, 14.2.8).

What is stored was drawn by us from pixels: no EXIF with the place it was taken, nothing hidden
behind the picture, no SVG.
"""

import warnings
from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import Invalid

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
EDGE = 512  # pixels
FORMATS = ("JPEG", "PNG", "WEBP")


def tidied(upload: UploadedFile) -> bytes:
    """A square-bounded WebP of the picture. Raises Invalid (`avatar`) for anything else."""
    if (upload.size or 0) > LARGEST_BYTES:
        raise _refusal(f"The picture is larger than {LARGEST_BYTES // 1024 // 1024} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(upload)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,  # Pillow's word for a broken PNG
    ):
        raise _refusal("This is not a JPEG, PNG or WebP picture we can read.") from None


def _redrawn(upload: UploadedFile) -> bytes:
    with Image.open(upload, formats=FORMATS) as picture:
        if picture.width * picture.height > LARGEST_PIXELS:
            raise _refusal("The picture has too many pixels.")
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((EDGE, EDGE))
    out = BytesIO()
    upright.save(out, "WEBP", quality=85)
    return out.getvalue()


def _refusal(reason: str) -> Invalid:
    return Invalid(reason, details={"avatar": [reason]})

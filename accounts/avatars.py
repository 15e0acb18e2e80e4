"""Pictures of people: looked into, made small and written anew (core/files/look/pictures.py)."""

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from core.errors import Invalid
from core.files.look.pictures import Unreadable, redrawn
from core.files.serving import NOTHING_RUNS

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
EDGE = 512  # pixels


def tidied(upload: UploadedFile) -> bytes:
    """A square-bounded WebP of the picture. Raises Invalid (`avatar`) for anything else."""
    if (upload.size or 0) > LARGEST_BYTES:
        raise _refusal(f"The picture is larger than {LARGEST_BYTES // 1024 // 1024} MB.")
    try:
        return redrawn(upload.file, edge=EDGE, largest_pixels=LARGEST_PIXELS).content  # type: ignore[arg-type]  # bytes
    except Unreadable as why:
        raise _refusal(str(why)) from None


def _refusal(reason: str) -> Invalid:
    return Invalid(reason, details={"avatar": [reason]})


@transaction.non_atomic_requests
@require_safe
def show_avatar(request: HttpRequest, name: str) -> HttpResponseBase:
    """`/media/avatars/...`: to whoever knows its random name, kept by nobody but their browser."""
    try:
        response = FileResponse(default_storage.open(f"avatars/{name}"), content_type="image/webp")
    except FileNotFoundError:
        raise Http404("There is no such picture.") from None
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = NOTHING_RUNS
    return response

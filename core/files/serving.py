"""Handing files out: pictures to be shown, documents to be saved, nothing to be run.

Public files are answered before sessions and languages are looked at (`PublicFiles`), so that
caches may keep them; for the others a signed link or the caller's own right is asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    HttpResponseRedirect,
)
from django.utils.http import content_disposition_header, parse_etags

from core.enums import FileKind, FileState, ThumbnailState
from core.files import storage
from core.files.limits import THUMBNAIL_EDGES
from core.files.links import ORIGINAL, PREFIX, is_signed
from core.files.names import EXTENSIONS, saved_as
from core.identity import acting_as_system
from core.models import StoredFile
from core.models.stored_file import KEPT

ADDRESS = re.compile(rf"^{PREFIX}([0-9a-f]{{32}})/({ORIGINAL}|[0-9]{{2,4}})\.([a-z]{{3,4}})$")
YEAR = 31_536_000
SHORT = 60  # seconds: a stand-in for a small picture that is not there yet
NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file, or one of its small pictures (`edge`)."""

    file: StoredFile
    edge: int | None

    @property
    def shown_edge(self) -> int | None:
        """Which picture there is: while the small one is being made, the whole one stands in."""
        return self.edge if self.file.thumbnails == ThumbnailState.READY else None

    @property
    def etag(self) -> str:
        """Content behind a key never changes."""
        return f'"{self.file.key}-{self.shown_edge or ORIGINAL}"'

    @property
    def is_settled(self) -> bool:
        """Whether the same will be answered for ever."""
        return self.edge == self.shown_edge

    @property
    def name(self) -> str:
        """Under which it is saved."""
        return saved_as(self.file.original_name, self.file.mime)


class PublicFiles:
    """Middleware: public files to whoever asks, at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The file, or what the rest of the house answers."""
        if not request.path_info.startswith(PREFIX) or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with acting_as_system("public files"), transaction.atomic():
            wanted = find(request.path_info)
        if wanted is None or not wanted.file.is_public or not _is_shown(wanted.file):
            return self.get_response(request)
        return hand_out(request, wanted)


@transaction.non_atomic_requests
def serve_private(request: HttpRequest, rest: str) -> HttpResponseBase:
    """`/media/...`: what is not public. Whoever may not have it learns no more than that."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    signed = is_signed(
        request.path_info,
        until=request.GET.get("until", ""),
        signature=request.GET.get("signature", ""),
    )
    with transaction.atomic():  # under the caller's own identity: the database decides
        wanted = find(request.path_info) if not signed else None
    if signed:
        with acting_as_system("signed link"), transaction.atomic():
            wanted = find(request.path_info)
    if wanted is None or (wanted.file.is_public and not _sees_unused(request)):
        return HttpResponse("There is no such file.", status=404, content_type="text/plain")
    return hand_out(request, wanted)


def find(path: str) -> Wanted | None:
    """What an address means, among the files the acting identity may see."""
    match = ADDRESS.match(path)
    if match is None:
        return None
    key, variant, ending = match.groups()
    file = StoredFile.objects.filter(key=key, state__in=KEPT).first()
    if file is None:
        return None
    if variant == ORIGINAL:
        return Wanted(file, None) if ending == EXTENSIONS[file.mime] else None
    if file.kind != FileKind.IMAGE or ending != "webp" or int(variant) not in THUMBNAIL_EDGES:
        return None
    return Wanted(file, int(variant))


def hand_out(request: HttpRequest, wanted: Wanted) -> HttpResponseBase:
    """The bytes, with what browsers must know about them; from S3, the way to them."""
    file, edge = wanted.file, wanted.shown_edge
    kept = _cache_control(wanted)
    if wanted.etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _dressed(HttpResponseNotModified(), wanted, kept)
    mime = "image/webp" if edge else file.mime
    name = storage.name_of(file, edge)
    disposition = content_disposition_header(file.kind != FileKind.IMAGE, wanted.name) or "inline"
    if not isinstance(default_storage, FileSystemStorage):
        return _elsewhere(name, mime, disposition, wanted)
    try:
        response: HttpResponseBase
        if request.method == "HEAD":
            response = HttpResponse(content_type=mime)
            response["Content-Length"] = str(default_storage.size(name))
        else:
            response = FileResponse(default_storage.open(name), content_type=mime)
    except FileNotFoundError:  # the sweep's report tells staff
        return HttpResponse("The file is gone.", status=404, content_type="text/plain")
    response["Content-Disposition"] = disposition
    return _dressed(response, wanted, kept)


def _elsewhere(name: str, mime: str, disposition: str, wanted: Wanted) -> HttpResponseBase:
    """A short-lived signed address of the private bucket; ours stays the same."""
    seconds = settings.UPLOAD_LINK_MINUTES * 60
    parameters = {"ResponseContentType": mime, "ResponseContentDisposition": disposition}
    address = default_storage.url(name, parameters=parameters, expire=seconds)  # type: ignore[call-arg]
    response = HttpResponseRedirect(address)
    scope = "public" if wanted.file.is_public else "private"
    seconds = seconds // 2 if wanted.is_settled else SHORT
    return _dressed(response, wanted, f"{scope}, max-age={seconds}", with_etag=False)


def _cache_control(wanted: Wanted) -> str:
    if not wanted.file.is_public:
        return "private, no-cache"
    return f"public, max-age={YEAR}, immutable" if wanted.is_settled else f"max-age={SHORT}"


def _dressed(
    response: HttpResponseBase, wanted: Wanted, kept: str, *, with_etag: bool = True
) -> HttpResponseBase:
    response["Cache-Control"] = kept
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NOTHING_RUNS
    # other shops' pages may show public pictures; documents open nowhere but here
    is_picture = wanted.file.is_public and wanted.file.kind == FileKind.IMAGE
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_picture else "same-origin"
    if with_etag:
        response["ETag"] = wanted.etag
    return response


def _is_shown(file: StoredFile) -> bool:
    """Public is what is in use, or about to be; not what was taken away."""
    return file.state in {FileState.ATTACHED, FileState.READY}


def _sees_unused(request: Any) -> bool:
    """Staff look at files that were taken away, to put them back."""
    return bool(request.user.is_active and request.user.has_perm("core.view_storedfile"))

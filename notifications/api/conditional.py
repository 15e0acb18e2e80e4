"""Answers that say nothing new are not sent again: a bell asks every few seconds."""

import hashlib
from typing import Any

import msgspec
from django.http import HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from rest_framework.request import Request

from core.api import Response


def unless_known(request: Request, response: Response) -> HttpResponseBase:
    """The answer with an ETag over its data, or 304 when the caller has just these.

    Time and request id of the envelope do not count: they always change.
    """
    said: list[Any] = [response.data, getattr(response, "meta", None)]
    raw = msgspec.json.encode(said, enc_hook=str)
    etag = f'"{hashlib.sha256(raw).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    answer: HttpResponseBase = response
    if etag in known or f"W/{etag}" in known:
        answer = HttpResponseNotModified()
    answer.headers["ETag"] = etag
    return answer

"""Sends requests as somebody. No request remembers another: tries are counted anew each time."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.lookups import forget_everything
from core import limits
from tests.doors.errands import Errand, Thing
from tests.doors.world import World


def forget(*, users: bool = True) -> None:
    """The tries counted so far, and users remembered from an example that was taken back."""
    limits._own.cache_clear()
    if users:
        forget_everything()


class Caller:
    """A stranger with whoever's credentials the test gives."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.forgetful = True  # tries are not counted
        self._changed = True  # whether a request may have changed who may come in

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        who: str = "anonymous",
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
        **environ: Any,
    ) -> Any:
        """One request exactly as given."""
        if self.forgetful:
            forget(users=self._changed)
        sent = {**self.world.credentials[who], **(headers or {})}
        response = self.http.generic(method, path, body, kind, headers=sent, **environ)
        # what is refused changes nothing, but for logins: a stolen token ends one
        accepted = response.status_code < 400 or "/auth/" in path
        self._changed = accepted and method not in {"GET", "HEAD"}
        return response

    def run(
        self,
        errand: Errand,
        *,
        who: str = "",
        whose: str = "shop",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """An errand as it should be done, on the things of `whose` hands."""
        who = who or errand.who
        return self.send(
            errand.method,
            self.address(errand, who=who, whose=whose),
            self.body(errand, who=who, whose=whose),
            who=who,
            kind=MULTIPART_CONTENT if errand.file else "application/json",
            headers={**self.own_headers(errand), **(headers or {})},
        )

    def address(self, errand: Errand, *, who: str = "", whose: str = "shop") -> str:
        """Path and query with the things in place."""
        places = {
            name: self._thing(thing, who or errand.who, whose)
            for name, thing in errand.places.items()
        }
        path = errand.path.format(**places)
        return f"{path}?{errand.query}" if errand.query else path

    def body(self, errand: Errand, *, who: str = "", whose: str = "shop") -> bytes:
        """The body as bytes; empty where the errand has none."""
        if errand.file is not None:
            words = dict(errand.body or {})
            return encode_multipart(BOUNDARY, words | {"file": SimpleUploadedFile(*errand.file)})
        if errand.body is None:
            return b""
        return json.dumps(self.filled(errand.body, who=who or errand.who, whose=whose)).encode()

    def filled(self, node: Any, *, who: str, whose: str = "shop") -> Any:
        """A body with the things in place."""
        if isinstance(node, Thing):
            return self._thing(node, who, whose)
        if isinstance(node, Mapping):
            return {name: self.filled(item, who=who, whose=whose) for name, item in node.items()}
        if isinstance(node, list):
            return [self.filled(item, who=who, whose=whose) for item in node]
        return node

    def own_headers(self, errand: Errand) -> dict[str, str]:
        """A fresh Idempotency-Key where one is needed."""
        return {"Idempotency-Key": uuid4().hex} if errand.idempotent else {}

    def _thing(self, thing: Thing, who: str, whose: str) -> str:
        return self.world.thing(thing.name, whose=whose, caller=who)

"""The ASGI app: every face behind its faults, the control API, the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from rehearsal.checked import Unfit
from rehearsal.control import Control, refuse
from rehearsal.face import Face, World
from rehearsal.faces import FACES
from rehearsal.faults import FaultyWire
from rehearsal.pages.layout import STATIC
from rehearsal.pages.start import StartPage

CONTROL = "/control"
OWN_NAMES = ["127.0.0.1", "localhost", "[::1]"]
"""Other Host headers are refused: a web page elsewhere must not reach this server by DNS tricks."""


def build_faces(world: World) -> list[Face]:
    """All faces with what they remember from the journal."""
    faces = [face(world) for face in FACES]
    by_slug = {face.slug: face for face in faces}
    for entry in world.journal.replay():
        if entry.face in by_slug:
            by_slug[entry.face].restore(entry)
    return faces


def build_app(world: World, faces: list[Face]) -> ASGIApp:
    """Put the faces, the control API and the pages under one roof."""
    routes: list[BaseRoute] = [Route("/", StartPage(world, faces).show)]
    control: list[BaseRoute] = []
    for face in faces:
        routes.extend(face.page_routes())
        if face.control_routes():
            control.append(Mount(f"/{face.slug}", routes=face.control_routes()))
        if face.routes():
            routes.append(Mount(f"/{face.slug}", routes=face.routes()))
    # The common routes come first: they are few and named, the faces' own mounts take the rest.
    routes.append(Mount(CONTROL, routes=[*Control(world, faces).routes(), *control]))
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    app = Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=OWN_NAMES)],
        exception_handlers={Unfit: _unfit},
    )
    app.add_middleware(OwnPagesOnly)
    return FaultyWire(app, (face.slug for face in faces), world.faults)


class OwnPagesOnly:
    """Refuses control calls that a browser makes for a page of some other site."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, unless the Origin header names a stranger."""
        if scope["type"] == "http" and scope["path"].startswith(CONTROL):
            request = Request(scope)
            origin = urlsplit(request.headers.get("origin", "")).netloc
            if origin and origin != request.headers.get("host"):
                await refuse("control calls come from this machine only", 403)(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _unfit(request: Request, error: Exception) -> Response:
    return refuse(str(error))


@asynccontextmanager
async def running(faces: list[Face]) -> AsyncIterator[None]:
    """Background work of all faces, from start to stop."""
    for face in faces:
        await face.start()
    try:
        yield
    finally:
        for face in faces:
            await face.stop()

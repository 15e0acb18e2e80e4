"""The ASGI app: every face behind its faults, the control API, the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from rehearsal.control import BadRequest, Control, refuse
from rehearsal.face import Face, World
from rehearsal.faces import FACES
from rehearsal.faults import FaultyWire
from rehearsal.pages.layout import STATIC
from rehearsal.pages.start import StartPage

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
    routes.append(Mount("/control", routes=[*Control(world, faces).routes(), *control]))
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    app = Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=OWN_NAMES)],
        exception_handlers={BadRequest: _bad_request},
    )
    return FaultyWire(app, (face.slug for face in faces), world.faults)


async def _bad_request(request: Request, error: Exception) -> Response:
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

"""`python -m rehearsal`: start, say so in one line, stop on SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys

from rehearsal.app import build_app, build_faces, running
from rehearsal.face import World
from rehearsal.fcm.credentials import service_account
from rehearsal.journal import Journal
from rehearsal.mail.face import MailFace
from rehearsal.mail.smtp import receiving_mail
from rehearsal.server import bind_loopback, serving
from rehearsal.settings import Settings, read_settings


async def serve(settings: Settings) -> None:
    """Run until a signal comes."""
    web = bind_loopback(settings.port, purpose="web pages (--port)")
    smtp = bind_loopback(settings.smtp_port, purpose="mail server (--smtp-port)")
    base_url = f"http://127.0.0.1:{web.getsockname()[1]}"
    smtp_address = f"127.0.0.1:{smtp.getsockname()[1]}"
    journal = Journal(settings.data / "journal.jsonl")
    world = World(settings, journal, base_url, smtp_address)
    faces = build_faces(world)
    mail = next(face for face in faces if isinstance(face, MailFace))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with (
        running(faces),
        receiving_mail(mail.postman, smtp),
        serving(build_app(world, faces), web),
    ):
        print(f"Rehearsal is ready: {base_url} (mail server on {smtp_address})", flush=True)
        await stop.wait()
    journal.close()


def main(argv: list[str]) -> int:
    """Exit code 0 after an orderly stop, 1 with a sentence when it cannot start."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    settings = read_settings(argv)
    try:
        if settings.print_firebase_credentials:
            base_url = f"http://127.0.0.1:{settings.port}"
            print(json.dumps(service_account(settings.data, base_url)))
            return 0
        asyncio.run(serve(settings))
    except OSError as error:
        print(f"The rehearsal cannot start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

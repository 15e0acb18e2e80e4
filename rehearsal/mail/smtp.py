"""The mail server: takes everything, unless told to misbehave."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from rehearsal.checked import Unfit, checked_fields
from rehearsal.mail.postbox import Postbox

SIZE_LIMIT = 25 * 1024 * 1024  # bytes


@dataclass(slots=True)
class MailFault:
    """One way to misbehave, for the next `times` mails (None: until ended).

    reject: answer `code` to the recipient (`at` "rcpt") or after the content (`at` "data").
    delay: wait `seconds` before answering. drop: take the mail, close without an answer.
    """

    kind: str
    code: int = 550
    text: str = "5.1.1 The rehearsal refuses this mail"
    at: str = "rcpt"
    to: str = ""
    seconds: float = 0.0
    times: int | None = None

    @classmethod
    def read(cls, raw: dict[str, Any]) -> MailFault:
        """From JSON; raises Unfit."""
        fault = cls(**{"kind": "", **checked_fields(cls, raw)})
        if fault.kind not in ("reject", "delay", "drop"):
            raise Unfit("kind is reject, delay or drop")
        if fault.at not in ("rcpt", "data"):
            raise Unfit("at is rcpt or data")
        if not 400 <= fault.code <= 599:
            raise Unfit("code is 400 to 599")
        if fault.seconds < 0 or set(fault.text) & {"\r", "\n"}:
            raise Unfit("seconds is not negative, text is one line")
        return fault

    def fits(self, recipients: list[str]) -> bool:
        """Whether it is this mail's turn."""
        return self.times != 0 and any(self.to.lower() in r.lower() for r in recipients)


class Postman:
    """aiosmtpd's handler: what to do with recipients and contents."""

    def __init__(self, postbox: Postbox) -> None:
        self.postbox = postbox
        self.faults: list[MailFault] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        for fault in self._due([address], at="rcpt", kinds=("reject",)):
            return f"{fault.code} {fault.text}"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the mail."""
        recipients = list(envelope.rcpt_tos)
        for fault in self._due(recipients, at="data", kinds=("reject",)):
            return f"{fault.code} {fault.text}"
        for fault in self._due(recipients, at=None, kinds=("delay",)):
            await asyncio.sleep(fault.seconds)
        content = envelope.original_content or b""
        mail = self.postbox.take(envelope.mail_from or "", recipients, content)
        for _ in self._due(recipients, at=None, kinds=("drop",)):
            if isinstance(server.transport, asyncio.Transport):
                server.transport.abort()
        return f"250 2.0.0 OK: kept as {mail.id}"

    def _due(
        self, recipients: list[str], *, at: str | None, kinds: tuple[str, ...]
    ) -> list[MailFault]:
        due = [
            fault
            for fault in self.faults
            if fault.kind in kinds and at in (None, fault.at) and fault.fits(recipients)
        ]
        for fault in due:
            if fault.times is not None:
                fault.times -= 1
        return due

    def faults_json(self) -> list[dict[str, Any]]:
        """For the control API."""
        return [asdict(fault) for fault in self.faults]


def _anyone(*_: Any) -> AuthResult:
    """Every user name and password is right."""
    return AuthResult(success=True)


@asynccontextmanager
async def receiving_mail(postman: Postman, listener: socket.socket) -> AsyncIterator[None]:
    """Take mail on an already bound socket until the block ends."""
    loop = asyncio.get_running_loop()
    open_sessions: WeakSet[SMTP] = WeakSet()

    def session() -> SMTP:
        smtp = SMTP(
            postman,
            loop=loop,
            hostname="rehearsal.localhost",
            ident="Tradewind rehearsal",
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            authenticator=_anyone,
            auth_require_tls=False,
        )
        open_sessions.add(smtp)
        return smtp

    server = await loop.create_server(session, sock=listener, backlog=256)
    try:
        yield
    finally:
        server.close()
        for smtp in list(open_sessions):
            if isinstance(smtp.transport, asyncio.Transport):
                smtp.transport.abort()

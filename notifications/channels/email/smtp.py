"""Django's SMTP backend, with an end to every conversation and a clear word about lost answers.

EMAIL_TIMEOUT (10 s) bounds each step; a server that drips one byte a second would still hold a
worker for hours, so a watchdog hangs up after MAIL_SECONDS.
"""

import contextlib
import smtplib
import socket
import threading
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

MAIL_SECONDS = 30.0


class AnswerLost(Exception):
    """The whole mail was handed over, and then the connection broke: perhaps it was taken."""


class _WatchedMixin:
    """A connection that knows whether a mail is in the server's hands, and hangs up in time."""

    handed_over = False
    sock: socket.socket | None
    _watchdog: threading.Timer | None = None

    def getreply(self) -> tuple[int, bytes]:
        if self._watchdog is None:
            self._watchdog = threading.Timer(MAIL_SECONDS, self._hang_up)
            self._watchdog.daemon = True
            self._watchdog.start()
        return super().getreply()  # type: ignore[misc]  # smtplib.SMTP's

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.handed_over = True
        answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]  # smtplib.SMTP's
        self.handed_over = False
        return answer

    def close(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
        super().close()  # type: ignore[misc]  # smtplib.SMTP's

    def _hang_up(self) -> None:
        """From the watchdog's thread: the reader sees an end of file."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class WatchedSMTP(_WatchedMixin, smtplib.SMTP):
    """Plain, or STARTTLS."""


class WatchedSMTPOverTLS(_WatchedMixin, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class WatchedBackend(EmailBackend):
    """EMAIL_BACKEND when EMAIL_URL names an SMTP server."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Ours, in either form."""
        return WatchedSMTPOverTLS if self.use_ssl else WatchedSMTP

    def _send(self, email_message: EmailMessage) -> bool:
        """Hand one mail over. Raises AnswerLost when nobody knows whether it was taken."""
        try:
            return bool(super()._send(email_message))  # type: ignore[misc]  # not in the stubs
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
                raise
            if getattr(self.connection, "handed_over", False):
                raise AnswerLost(str(error)) from error
            raise

"""Why a file is not taken, as an answer the sender understands."""

from core.errors import DomainError


class FileRefused(DomainError):
    """The content is broken, a trap, or not what it has to be; `details` names the field."""

    def __init__(self, reason: str, *, field: str = "file") -> None:
        super().__init__(reason, details={field: [reason]})


class WrongType(FileRefused):
    """A kind of content that is not taken here."""

    code = "unsupported_media_type"
    status = 415


class TooLarge(FileRefused):
    """More bytes than are taken, or no room left."""

    code = "payload_too_large"
    status = 413

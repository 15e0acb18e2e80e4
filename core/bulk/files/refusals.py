"""Why a file is not read."""

from core.errors import Invalid


class UnreadableFile(Invalid):
    """The file as a whole is refused: nothing of it is taken over."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, details={"file": [reason]})

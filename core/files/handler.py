"""Forms that are larger than anything this house takes are refused before they are read.

The API's doors have limits of their own (`max_body_bytes`); this is for pages, where Django would
write whatever comes into temporary files.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from core.files.limits import FORM_EXTRAS, MB, largest_bytes

FILES_AT_ONCE = 10  # of the largest kind, in one form


def largest_form() -> int:
    """Bytes of a whole form: several uploads, or one table of rows."""
    several = FILES_AT_ONCE * max(largest_bytes("image"), largest_bytes("document"))
    return max(several, settings.BULK_MAX_MEGABYTES * MB) + FORM_EXTRAS


class CappedUploadHandler(FileUploadHandler):
    """Looks at the announced length only; the handlers behind it take the files."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Raises RequestDataTooBig (a 400 of Django's)."""
        if content_length > largest_form():
            raise RequestDataTooBig("The form is larger than this shop takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """On to the next one."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next one has it."""

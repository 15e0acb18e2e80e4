"""What the ground floor does when a file is there."""

from collections.abc import Callable
from uuid import UUID

from core.events import Event, Ignore, Retry, subscribe
from core.files.hands import STORED
from core.files.look.pictures import Unreadable
from core.files.thumbnails import Made, draw_thumbnails, picture_waiting, record
from core.identity import acting_as_system

TRIES = 5  # then it is a failure that staff see; they can ask again


@subscribe(STORED, queue="bulk", outside=True)
def make_thumbnails(event: Event) -> Callable[[], None]:
    """Draw the small pictures; a storage that is away is asked again a few times."""
    file_id = UUID(event.data["file_id"])
    file = picture_waiting(file_id)
    if file is None:
        raise Ignore("The picture is gone, or its small ones are made.")
    try:
        made = draw_thumbnails(file)
    except Unreadable as why:
        made = Made(error=str(why))
    except Exception as error:
        if event.attempt < TRIES:
            raise Retry(f"{type(error).__name__}: {error}") from error
        made = Made(error=f"The storage did not give or take it: {type(error).__name__}.")

    def tell() -> None:
        with acting_as_system("files"):
            record(file_id, made)

    return tell

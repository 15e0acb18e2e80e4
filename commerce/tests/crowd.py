"""Many at once: real threads, real connections, all let go at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

from core.identity import acting_as_system

R = TypeVar("R")


def all_at_once(deeds: list[Callable[[], R]]) -> list[R | Exception]:
    """What each deed returned or raised, in the order of `deeds`."""
    results: list[R | Exception] = [RuntimeError("did not run")] * len(deeds)
    gate = threading.Barrier(len(deeds))

    def run(place: int, deed: Callable[[], R]) -> None:
        try:
            gate.wait(30)
            with acting_as_system("tests"):
                results[place] = deed()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results

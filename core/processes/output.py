"""One terminal, many processes: each line begins with the name of the process that wrote it."""

import sys
import threading
from typing import IO

NAME_WIDTH = 9
_COLOURS = (36, 32, 33, 35, 34, 31)
_lock = threading.Lock()


def say(line: str) -> None:
    """Write one whole line. A terminal that went away must not stop the processes."""
    with _lock:
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            return


def prefix(name: str, number: int) -> str:
    """The beginning of a process's lines, coloured on a terminal only."""
    text = f"{name:<{NAME_WIDTH}} | "
    if sys.stdout.isatty():
        return f"\033[{_COLOURS[number % len(_COLOURS)]}m{text}\033[0m"
    return text


def pump(stream: IO[bytes], beginning: str) -> threading.Thread:
    """Copy a process's lines until it closes its end; the thread ends by itself."""

    def copy() -> None:
        with stream:
            for raw in stream:
                say(beginning + raw.decode("utf-8", "replace").rstrip("\r\n"))

    thread = threading.Thread(target=copy, name=f"output {beginning.strip()}", daemon=True)
    thread.start()
    return thread

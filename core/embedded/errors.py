"""Refusals of the embedded services, worded for the person at the terminal."""

from pathlib import Path

LOG_TAIL_BYTES = 4_000


class EmbeddedError(RuntimeError):
    """Something on this machine stops the embedded servers; the message says what to do."""


def log_tail(log: Path, lines: int = 6) -> str:
    """The last lines of a server's log, or "" when there is none yet."""
    try:
        text = log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def explained(sentence: str, log: Path) -> EmbeddedError:
    """An error that carries the end of the server's own log and, where we know it, the cause."""
    tail = log_tail(log)
    if "No space left on device" in tail:
        sentence += " The disk is full: free some space and start again."
    return EmbeddedError(f"{sentence}\n{tail}\n    (all of it: {log})" if tail else sentence)

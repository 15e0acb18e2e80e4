"""Whether a call that failed may have been taken by the other side."""

from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

BEFORE_ANYTHING = (NewConnectionError, ConnectTimeoutError, SSLError)


def never_connected(error: BaseException | None) -> bool:
    """Whether a call by `requests` ended before anything was sent: then nothing was taken. Of any
    other call without an answer, cut off or too slow, nobody knows."""
    if isinstance(error, exceptions.ConnectTimeout):
        return True
    if not isinstance(error, exceptions.ConnectionError) or not error.args:
        return False
    inner = error.args[0]
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, BEFORE_ANYTHING)

"""The rows behind `Idempotency-Key`. Each call is one short statement as the house itself."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core.encryption import decrypt, encrypt
from core.identity import acting_as_system

CLAIM = """
WITH claimed AS (
    INSERT INTO core_idempotencykey AS k
           (actor, operation, key, fingerprint, state, locked_until)
    VALUES (%(actor)s, %(operation)s, %(key)s, %(fingerprint)s, 'started',
            clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (actor, operation, key) DO UPDATE
       SET locked_until = excluded.locked_until
     WHERE k.state = 'started' AND k.locked_until < clock_timestamp()
       AND k.fingerprint = excluded.fingerprint
    RETURNING id, locked_until, response
)
SELECT 'ours', id, locked_until, response, NULL::int, true, 0 FROM claimed
UNION ALL
SELECT state, id, locked_until, response, status, fingerprint = %(fingerprint)s,
       ceil(greatest(extract(epoch FROM locked_until - clock_timestamp()), 1))::int
  FROM core_idempotencykey
 WHERE actor = %(actor)s AND operation = %(operation)s AND key = %(key)s
   AND NOT EXISTS (SELECT FROM claimed)
"""
FINISH = """
UPDATE core_idempotencykey SET state = 'finished', status = %s, response = %s
 WHERE id = %s AND state = 'started' AND locked_until = %s
"""
RELEASE = """
DELETE FROM core_idempotencykey WHERE id = %s AND state = 'started' AND locked_until = %s
"""
RELEASE_WITH_MEMORY = """
UPDATE core_idempotencykey SET locked_until = clock_timestamp()
 WHERE id = %s AND state = 'started' AND locked_until = %s
"""
REMEMBER = """
UPDATE core_idempotencykey SET response = %s
 WHERE id = %s AND state = 'started' AND locked_until = %s
"""


class LostClaim(Exception):
    """Our lock ran out and somebody else has the key: our effect must not be committed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it was given."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Claim:
    """The right to run one operation once. A handler finds it as `request.idempotency`.

    `token` is the same for each repetition: services use it as the unique business key.
    `recovered` is what an earlier, killed run said with `remember`, or None.
    """

    id: int
    locked_until: Any
    token: str
    recovered: dict[str, Any] | None = None

    def remember(self, data: dict[str, Any]) -> None:
        """Note how far we came. Call it inside the transaction of the effect itself.

        After a kill, the repetition finds `data` as `recovered` if, and only if, the effect was
        committed. Raises LostClaim when the lock has passed to another run.
        """
        self._write(REMEMBER, [encrypt(msgspec.json.encode(data))])
        self.recovered = data

    def finish(self, stored: Stored) -> None:
        """Keep the answer. Raises LostClaim as above."""
        sealed = encrypt(msgspec.msgpack.encode([stored.headers, stored.body]))
        self._write(FINISH, [stored.status, sealed])

    def release(self) -> None:
        """Unlock the key: the same request may run again at once, and finds what we remembered."""
        with _as_house() as cursor:
            statement = RELEASE if self.recovered is None else RELEASE_WITH_MEMORY
            cursor.execute(statement, [self.id, self.locked_until])

    def _write(self, statement: str, values: list[Any]) -> None:
        with _as_house() as cursor:
            cursor.execute(statement, [*values, self.id, self.locked_until])
            if cursor.rowcount != 1:
                raise LostClaim


@dataclass(frozen=True, slots=True)
class InProgress:
    """Another request with this key is being worked on; `seconds` until its lock ends."""

    seconds: int


class OtherRequest(Exception):
    """The key was used for another body."""


def claim(
    *, actor: str, operation: str, key: str, fingerprint: bytes, seconds: int
) -> Claim | Stored | InProgress:
    """Take the key, or say what became of it. Raises OtherRequest."""
    values: dict[str, Any] = {
        "actor": actor,
        "operation": operation,
        "key": key,
        "fingerprint": fingerprint,
        "seconds": seconds,
    }
    row = None
    while row is None:  # None only when the row vanished between the two halves
        with _as_house() as cursor:
            cursor.execute(CLAIM, values)
            row = cursor.fetchone()
    state, row_id, locked_until, response, status, same, wait = row
    if not same:
        raise OtherRequest
    if state == "ours":
        recovered = msgspec.json.decode(decrypt(bytes(response))) if response else None
        token = hashlib.sha256(f"{actor}\n{operation}\n{key}".encode()).hexdigest()
        return Claim(row_id, locked_until, token, recovered)
    if state == "finished":
        headers, body = msgspec.msgpack.decode(decrypt(bytes(response)))
        return Stored(status, body, headers)
    return InProgress(wait)


@contextmanager
def _as_house() -> Iterator[CursorWrapper]:
    """A cursor as the house; its own transaction, or a part of the one that is open."""
    with acting_as_system("idempotency"), transaction.atomic(), connection.cursor() as cursor:
        yield cursor

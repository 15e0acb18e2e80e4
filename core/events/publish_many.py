"""The same for many facts at once: one statement, however many."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from core.events.publish import ring_after_commit
from core.requests.context import current_request_id

PUBLISH = """
SELECT core_publish(a.type, a.subject, a.data::jsonb, a.key, %s, %s, NULL)
FROM (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
      WITH ORDINALITY AS u(type, subject, data, key, n) ORDER BY n) a
"""

PUT_OFF = """
UPDATE core_delivery d SET due_at = clock_timestamp() + make_interval(secs => o.seconds)
FROM unnest(%s::bigint[], %s::float[]) AS o(event_id, seconds)
WHERE d.event_id = o.event_id AND d.state = 'ready' AND d.attempts = 0
"""


@dataclass(frozen=True, slots=True)
class News:
    """One fact to announce; the words are those of `publish`.

    `after`: seconds in which nobody is to react yet. Only the system may put reactions off.
    """

    type: str
    subject: str
    data: dict[str, Any] = field(default_factory=dict)
    dedupe_key: str | None = None
    after: float = 0.0


def publish_many(news: list[News]) -> None:
    """Write all events in the caller's transaction, in their order, and ring once it commits.

    Whoever gives dedupe keys sorts by them: two batches that meet must not wait crosswise.
    Raises TransactionManagementError outside a transaction.
    """
    if not news:
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("News was published outside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            PUBLISH,
            [
                datetime.now(UTC),
                current_request_id(),
                [one.type for one in news],
                [one.subject for one in news],
                [msgspec.json.encode(one.data).decode() for one in news],
                [one.dedupe_key for one in news],
            ],
        )
        written = [row[0] for row in cursor.fetchall()]  # in the order of `news`
        if late := [(id_, one.after) for id_, one in zip(written, news, strict=True) if one.after]:
            cursor.execute(PUT_OFF, [[id_ for id_, _ in late], [after for _, after in late]])
    for event_type in {one.type for one in news}:
        ring_after_commit(event_type)

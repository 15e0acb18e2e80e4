"""One connection of our own, outside Django's: logged in bare, one statement, one commit."""

import psycopg
import structlog
from django.db import connections

from core.intake.rows import ARRIVE, Row, RowRefused, StoreUnavailable, parameters

logger = structlog.get_logger(__name__)

CONNECT_SECONDS = 3
NOT_OURS = ("context", "cursor_factory", "client_encoding")


class Lane:
    """Writes batches of rows; connects when needed, again when the connection was lost."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def write(self, rows: list[Row]) -> list[bool | Exception]:
        """Store and commit; for each row whether it was a duplicate, or what is wrong with it.

        A batch that the database refuses is tried row by row, so that a bad one fails alone.
        Raises StoreUnavailable when nothing could be stored.
        """
        try:
            return list(self._write(rows))
        except RowRefused as refused:
            if len(rows) == 1:
                return [refused]
        return [self._write_one(row) for row in rows]

    def _write_one(self, row: Row) -> bool | Exception:
        try:
            return self._write([row])[0]
        except (RowRefused, StoreUnavailable) as problem:
            return problem

    def _write(self, rows: list[Row]) -> list[bool]:
        reused = self._connection is not None
        try:
            return self._execute(rows)
        except StoreUnavailable:
            if not reused or self._connection is not None:
                raise
        return self._execute(rows)  # the old connection was lost; writing twice stores once

    def _execute(self, rows: list[Row]) -> list[bool]:
        try:
            connection = self._connected()
            found = connection.execute(ARRIVE, parameters(rows)).fetchall()
        except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError) as error:
            self.close()
            logger.warning("intake.unavailable", rows=len(rows), error=str(error).strip())
            raise StoreUnavailable(str(error)) from error
        except psycopg.Error as error:
            logger.error("intake.refused", rows=len(rows), error=str(error).strip())  # noqa: TRY400
            raise RowRefused(str(error)) from error
        duplicate: dict[str, bool] = dict(found)
        return [duplicate[row.key] for row in rows]

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            # Read anew each time: tests and failovers change where the database is.
            parameters = connections["default"].get_connection_params()
            parameters = {k: v for k, v in parameters.items() if k not in NOT_OURS}
            parameters.setdefault("connect_timeout", CONNECT_SECONDS)
            # no SET here: behind PgBouncer it would leak; the role's own lock_timeout ends a wait
            self._connection = psycopg.connect(**parameters, autocommit=True)
        return self._connection

    def close(self) -> None:
        """Hang up; the next batch connects again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def forget(self) -> None:
        """After a fork: the connection is the parent's, leave it alone."""
        self._connection = None

"""Django's PostgreSQL backend, with the identity bound at the start of every transaction.

A middleware cannot do this: ATOMIC_REQUESTS opens its block after `process_view`. Everything is
transaction-local (`set_config(..., true)`), so a pooled connection carries nothing over, behind
PgBouncer as well.
"""

from typing import Any

from django.db.backends.postgresql import base as postgresql
from psycopg.pq import TransactionStatus

from core.identity.context import Role, current_identity

BIND = (
    "SELECT set_config('app.user_id', %s, true), set_config('app.reason', %s, true), "
    "set_config('role', %s, true)"
)


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """PostgreSQL that always knows who is asking."""

    @property
    def binds_identity(self) -> bool:
        """False only for the owner's login (core/database/owner.py)."""
        return bool(self.settings_dict.get("BINDS_IDENTITY", True))

    def get_connection_params(self) -> dict[str, Any]:
        """Log in; a login other than the unprivileged one is lowered to it at once."""
        params: dict[str, Any] = super().get_connection_params()
        if self.binds_identity and params.get("user") != Role.UNBOUND:
            params["options"] = f"{params.get('options', '')} -c role={Role.UNBOUND}".strip()
        return params

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Leaving autocommit means a transaction begins: bind the identity first."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if autocommit:
            return
        try:
            self.bind_identity()
        except Exception:
            # Django would take the half-begun transaction for one it is already inside of
            self.close()
            raise

    def _savepoint_rollback(self, sid: str) -> None:
        """Going back to a savepoint also takes back who was bound after it: bind again."""
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # not in the stubs
        self.bind_identity()

    def bind_identity(self) -> None:
        """Tell PostgreSQL who acts, until this transaction ends.

        Does nothing in a transaction that already failed: it can only be rolled back.
        """
        if not self.binds_identity or self.connection is None:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        identity = current_identity()
        with self.connection.cursor() as cursor:
            cursor.execute(
                BIND,
                [
                    str(identity.user_id) if identity.user_id else "",
                    identity.reason,
                    identity.role.value,
                ],
            )

"""Sealing everything anew with the newest key, so that an older key can be thrown away."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from core.encryption.field import EncryptedTextField
from core.encryption.keyring import decrypt, encrypt, key_ids, sealed_by

BATCH = 500
UNKNOWN = "unknown"

# Columns written with encrypt() by hand, as (table, primary key, column).
_BY_HAND: list[tuple[str, str, str]] = [("core_idempotencykey", "id", "response")]


@dataclass
class Tally:
    """What one column holds: values per key (after the run) and how many were sealed anew."""

    table: str
    column: str
    per_key: Counter[str] = field(default_factory=Counter)
    rotated: int = 0

    @property
    def unknown(self) -> int:
        """Values that no key opens."""
        return self.per_key[UNKNOWN]


def declare_encrypted_column(table: str, column: str, *, primary_key: str = "id") -> None:
    """Have the rotation know a column that is written with `encrypt()` by hand.

    `column` may name a text inside a jsonb column: "data.secret".
    """
    entry = (table, primary_key, column)
    if entry not in _BY_HAND:
        _BY_HAND.append(entry)


def encrypted_columns() -> list[tuple[str, str, str]]:
    """Every column with ciphertext, as (table, primary key, column)."""
    fields = [
        (model._meta.db_table, model._meta.pk.column, field.column)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    return [*fields, *(entry for entry in _BY_HAND if entry not in fields)]


def rotate(*, batch: int = BATCH, write: bool = True) -> Iterator[Tally]:
    """Seal anew what an older key sealed, a committed batch at a time, column after column.

    Can be stopped and started again: what the newest key sealed is only counted. Runs beside the
    living application: a value changed meanwhile is left to its writer (compare and swap).
    """
    for table, primary_key, column in encrypted_columns():
        tally = Tally(table, column)
        after: Any = None
        while True:
            with transaction.atomic():
                after = _one_batch(tally, primary_key, after, batch=batch, write=write)
            if after is None:
                break
        yield tally


def _one_batch(tally: Tally, primary_key: str, after: Any, *, batch: int, write: bool) -> Any:
    """Work through one batch; returns the last key seen, None at the end."""
    column, _, member = tally.column.partition(".")
    names = {
        "table": sql.Identifier(tally.table),
        "pk": sql.Identifier(primary_key),
        "column": sql.Identifier(column),
        "value": sql.Identifier(column),
        "new": sql.SQL("%s"),
        "after": sql.SQL("") if after is None else sql.SQL("AND {} > %s").format(
            sql.Identifier(primary_key)
        ),
    }  # fmt: skip
    if member:
        inside = {"column": sql.Identifier(column), "member": sql.Literal(member)}
        names["value"] = sql.SQL("({column} ->> {member})").format(**inside)
        names["new"] = sql.SQL("jsonb_set({column}, ARRAY[{member}], to_jsonb(%s::text))").format(
            **inside
        )
    read = sql.SQL(
        "SELECT {pk}, {value} FROM {table} WHERE {value} IS NOT NULL {after} ORDER BY {pk} LIMIT %s"
    ).format(**names)
    swap = sql.SQL("UPDATE {table} SET {column} = {new} WHERE {pk} = %s AND {value} = %s").format(
        **names
    )
    newest = key_ids()[0]
    with connection.cursor() as cursor:
        cursor.execute(read, [batch] if after is None else [after, batch])
        rows = cursor.fetchall()
        for pk, stored in rows:
            token = stored.encode() if isinstance(stored, str) else bytes(stored)
            key_id = sealed_by(token) or UNKNOWN
            if write and key_id not in (newest, UNKNOWN):
                sealed = encrypt(decrypt(token))
                new = sealed.decode() if isinstance(stored, str) else sealed
                cursor.execute(swap, [new, pk, stored])
                tally.rotated += cursor.rowcount
                key_id = newest
            tally.per_key[key_id] += 1
    return rows[-1][0] if rows else None

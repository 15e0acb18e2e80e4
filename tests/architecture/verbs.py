"""What a role may do to a row, found out by doing it."""

from typing import Any

from django.db import DatabaseError, ProgrammingError, connection, transaction

REFUSED = "42501"  # no grant, or the new row fails the policy: PostgreSQL's code is the same

COLUMNS = """
SELECT quote_ident(a.attname), has_column_privilege(current_user, c.oid, a.attnum, 'UPDATE'),
       has_table_privilege(current_user, c.oid, 'UPDATE')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.oid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum
"""


def attempt(statement: str, params: list[Any]) -> list[tuple[Any, ...]] | int | str:
    """Run one statement and take it back: its rows, its row count, or the code of the refusal."""
    result: Any = 0
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            result = cursor.fetchall() if cursor.description else cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError as error:
        code = getattr(error.__cause__, "sqlstate", "")
        if isinstance(error, ProgrammingError) and code != REFUSED:
            raise  # the statement itself is wrong
        return str(code)
    return result  # type: ignore[no-any-return]


class Table:
    """One protected table, its rows per world and the copies to insert again."""

    def __init__(self, name: str, key: str, ids: dict[str, Any]) -> None:
        self.name, self.key, self.ids = name, key, ids
        self.copies: dict[str, str] = {}

    def remember_rows(self) -> None:
        """Keep each row as JSON; call it as a role that may read all."""
        for world, pk in self.ids.items():
            rows = attempt(
                f"SELECT to_jsonb(t)::text FROM {self.name} t WHERE {self.key} = %s", [pk]
            )
            assert isinstance(rows, list)
            assert len(rows) == 1, self.name
            self.copies[world] = rows[0][0]

    def rights(self, named: dict[str, set[str]]) -> dict[str, set[str]]:
        """Verb -> worlds whose row the current role may treat so.

        UPDATE of some columns is told by their names, or by the name that set has in `named`.
        """
        columns = attempt(COLUMNS, [self.name])
        assert isinstance(columns, list)
        names = [name for name, _, _ in columns]
        some = [name for name, allowed, _ in columns if allowed]
        whole = columns[0][2]
        nickname = next((name for name, these in named.items() if these == set(some)), "")
        changed = "U" if whole or not some else f"U({nickname or ','.join(some)})"
        column = next((name for name in some if name != self.key), self.key)
        return {
            "S": self._select(),
            "I": self._each(
                f"INSERT INTO {self.name} ({', '.join(names)}) "
                f"SELECT {', '.join(names)} FROM jsonb_populate_record(NULL::{self.name}, %s)",
                self.copies,
                refused_only=True,
            ),
            changed: self._each(
                f"UPDATE {self.name} SET {column} = {column} WHERE {self.key} = %s", self.ids
            ),
            "D": self._each(f"DELETE FROM {self.name} WHERE {self.key} = %s", self.ids),
        }

    def _select(self) -> set[str]:
        rows = attempt(f"SELECT {self.key} FROM {self.name}", [])
        if not isinstance(rows, list):
            return set()
        seen = {row[0] for row in rows}
        return {world for world, pk in self.ids.items() if pk in seen}

    def _each(
        self, statement: str, values: dict[str, Any], *, refused_only: bool = False
    ) -> set[str]:
        """The worlds for which the statement did something.

        An INSERT of a row that is there already ends in "duplicate key" when the policy let it
        through (`refused_only`: every other error means so).
        """
        done = set()
        for world, value in values.items():
            outcome = attempt(statement, [value])
            if outcome == REFUSED:
                continue
            if refused_only or outcome == 1 or isinstance(outcome, str):
                done.add(world)
        return done


def in_words(rights: dict[str, set[str]], scopes: dict[frozenset[str], str]) -> str:
    """Rights as the table of the test writes them: "S:own U(read_at):own", "SIUD", "-"."""
    by_scope: dict[str, list[str]] = {}
    for verb, worlds in rights.items():
        if worlds:
            scope = scopes.get(frozenset(worlds), "+".join(sorted(worlds)))
            by_scope.setdefault(scope, []).append(verb)
    parts = ["".join(verbs) + (f":{scope}" if scope else "") for scope, verbs in by_scope.items()]
    return " ".join(parts) or "-"

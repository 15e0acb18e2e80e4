"""Whether two querysets would compile to the same SQL: a key for those simple enough to tell."""

from collections.abc import Hashable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Lookup
from django.db.models.sql.where import WhereNode

PLAIN = (str, int, float, bool, Decimal, UUID, datetime, date, type(None))


class TooClever(Exception):
    """Subqueries, annotations, raw SQL: compiled anew each time."""


def fingerprint(queryset: QuerySet[Any]) -> Hashable:
    """A key that holds the structure and the values of a queryset. Raises TooClever."""
    query = queryset.query
    if (
        query.annotations
        or query.extra
        or query.extra_tables
        or query.combinator
        or query.distinct
        or query.is_sliced
        or query.group_by is not None
        or query.select_for_update
    ):
        raise TooClever
    joins = []
    for alias, join in query.alias_map.items():
        if getattr(join, "filtered_relation", None) is not None:
            raise TooClever
        joins.append((alias, join.table_name, getattr(join, "join_type", None)))
    return queryset.model, queryset.db, tuple(joins), _of_node(query.where)


def _of_node(node: Any) -> Hashable:
    if type(node) is WhereNode:
        return node.connector, node.negated, tuple([_of_node(child) for child in node.children])
    if not isinstance(node, Lookup) or type(node.lhs) is not Col:
        raise TooClever
    right = node.rhs
    if isinstance(right, list | tuple | set | frozenset):
        right = tuple(right)
    for value in right if isinstance(right, tuple) else (right,):
        if not isinstance(value, PLAIN):
            raise TooClever
    return type(node), node.lhs.alias, node.lhs.target, right

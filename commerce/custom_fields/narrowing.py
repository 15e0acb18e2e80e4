"""Products that answer filters by custom fields, at a cost that does not hang on a guess.

Under row security PostgreSQL may not look at the statistics of a column for operators such as
`@>` that are not leakproof, and guesses one row in a hundred: for a rare value it would walk the
whole list looking for a first page (docs/decisions/0051). So each filter first asks its index for
the few products that answer; when they are few, the list is asked for those, and when they are
many, a walk finds a page soon.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from commerce.custom_fields.filters import InRange, conditions
from commerce.models import Product

FEW = 1_000


def narrowed(
    products: QuerySet[Product], asked: Mapping[str, str], types_of: Any
) -> QuerySet[Product]:
    """Of `products` those that answer all that is asked; one query a filter. Raises BadFilter."""
    for condition in conditions(asked, types_of):
        products = products.filter(_known(condition))
    return products


def probe(condition: Q | InRange) -> QuerySet[Any, Any]:
    """What the index is asked: the keys, and whether there are more than a few.

    Of figures in the order of their index: by its guess the planner would read the whole table.
    """
    if isinstance(condition, InRange):
        figures = condition.figures.order_by("key", "value")
        return figures.values_list("product_id", flat=True)[: FEW + 1]
    return Product.objects.filter(condition).order_by().values_list("pk", flat=True)[: FEW + 1]


def _known(condition: Q | InRange) -> Q:
    keys = list(probe(condition))
    if len(keys) <= FEW:
        return Q(pk__in=keys)
    return condition.as_q() if isinstance(condition, InRange) else condition

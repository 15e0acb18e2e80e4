"""Questions about customers that compose."""

from django.contrib.postgres.search import SearchQuery
from django.db import models

from core.folding import prefix_query


class CustomerQuerySet(models.QuerySet["Customer"]):  # type: ignore[name-defined]
    """Filters over customers. Who may see which rows is the database's business, not theirs."""

    def current(self) -> "CustomerQuerySet":
        """Without those that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def matching(self, text: str) -> "CustomerQuerySet":
        """Those with a word beginning like each word of `text` (name, company, e-mail, ...)."""
        query = prefix_query(text)
        if not query:
            return self.none()
        return self.filter(search_words=SearchQuery(query, config="simple", search_type="raw"))

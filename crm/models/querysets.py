"""Questions about customers that compose."""

from django.db import models


class CustomerQuerySet(models.QuerySet["Customer"]):  # type: ignore[name-defined]
    """Filters over customers. Who may see which rows is the database's business, not theirs."""

    def current(self) -> "CustomerQuerySet":
        """Without those that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def matching(self, text: str) -> "CustomerQuerySet":
        """Those with a word beginning like each word of `text` (name, company, e-mail, ...)."""
        return self.filter(search_words__icontains=text)

"""A way of looking at a list of the admin, under a name."""

from django.db import models
from django.db.models import Q

from core.models.base import BaseModel


class SavedView(BaseModel):
    """Filters, search and order of one list, kept by a member of staff for themselves, or for all.

    `query` is what stands behind the `?` of the list's address, without the page.
    """

    user_id = models.UUIDField(help_text="Who saved it")
    table = models.TextField(help_text="Whose list: commerce.order")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    is_shared = models.BooleanField(default=False, help_text="Everybody who opens the list sees it")

    class Meta:
        ordering = ["name", "id"]
        permissions = [("share_savedview", "Can share views of lists with everybody")]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "table", "name"], name="core_savedview_name_once"
            ),
            models.CheckConstraint(name="core_savedview_has_a_name", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(
                fields=["table"], name="core_savedview_shared", condition=Q(is_shared=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

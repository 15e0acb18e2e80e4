"""What every domain row has in common."""

from django.db import models

from core.ids import new_id


class BaseModel(models.Model):
    """A domain row: UUIDv7 key made in Python (so it is known before the insert), UTC times."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True

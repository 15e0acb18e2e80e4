"""What users change about themselves, under their own identity."""

from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.avatars import tidied
from accounts.lookups import forget_user
from accounts.models import User
from core.errors import Invalid
from core.ids import new_id
from core.time_zones import time_zones

CHANGEABLE = ("full_name", "time_zone", "language", "avatar")


@transaction.atomic
def update_profile(*, user: User, changes: dict[str, Any]) -> User:
    """Change name, time zone, language or avatar (a file, or None to take it away).

    Raises Invalid naming the field. Unknown names are a mistake of the caller (KeyError).
    """
    for name in changes:
        if name not in CHANGEABLE:
            raise KeyError(name)
    _refuse_unknown_choice(changes)
    former = user.avatar.name if user.avatar else ""
    for name in ("full_name", "time_zone", "language"):
        if name in changes:
            setattr(user, name, changes[name].strip())
    if "avatar" in changes:
        _put_avatar(user, changes["avatar"])
        if former:
            storage = user.avatar.storage
            transaction.on_commit(lambda: storage.delete(former))
    user.save(update_fields=[*changes, "updated_at"])
    transaction.on_commit(lambda: forget_user(user.pk))
    return user


def _refuse_unknown_choice(changes: dict[str, Any]) -> None:
    details = {}
    if "time_zone" in changes and changes["time_zone"] not in time_zones():
        details["time_zone"] = ['Give a name like "Europe/Berlin".']
    known = [code for code, _ in settings.LANGUAGES]
    if "language" in changes and changes["language"] not in known:
        details["language"] = [f"Choose one of: {', '.join(known)}."]
    if details:
        raise Invalid("The profile cannot be changed like this.", details=details)


def _put_avatar(user: User, upload: UploadedFile | None) -> None:
    if upload is None:
        user.avatar = None
        return
    # a random name: the old picture may sit in caches, and names would tell who is here
    user.avatar.save(f"{new_id().hex}.webp", ContentFile(tidied(upload)), save=False)

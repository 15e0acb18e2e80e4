"""The four staff groups and their Django permissions: what the admin offers to whom.

Kept in step with the code after each migrate. Patterns rather than lists, so that a model of an
upper floor is covered on the day it is made; "model" and "deed" below are parts of a permission's
codename ("crm.change_customer"). Which rows are reached the database decides.
"""

from fnmatch import fnmatchcase
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS

from accounts.enums import STAFF_GROUPS

# What only an admin touches: who may come in, and the machinery.
ADMINS_ONLY = [
    "accounts.*", "auth.*", "account.*", "mfa.*", "sessions.*", "contenttypes.*", "sites.*",
    "admin.*", "django_celery_beat.*", "core.*",
]  # fmt: skip

GRANTED: dict[str, list[str]] = {
    "admin": ["*"],
    "manager": [
        "*", *[f"-{pattern}" for pattern in ADMINS_ONLY],
        "core.view_*", "-core.view_idempotencykey", "core.replay_*", "core.share_*",
        "core.change_storedfile",
        "core.import_bulkjob", "core.export_bulkjob", "core.*_bulkmapping",
        "accounts.view_user",
    ],
    "agent": [
        "crm.view_*", "crm.add_activity", "crm.change_activity", "crm.change_customer",
        "crm.add_customer", "commerce.view_*", "-commerce.view_pricechange*",
        "commerce.change_order", "payments.view_payment",
        "payments.view_refund", "payments.view_receipt", "notifications.view_notification",
        "core.view_bulkjob", "core.export_bulkjob",
    ],
    "readonly": [
        "*.view_*", "-accounts.*", "-auth.*", "-mfa.*", "-account.*", "-sessions.*",
        "-core.view_idempotencykey", "-core.view_auditentry",
    ],
}  # fmt: skip


def is_granted(group: str, permission: str) -> bool:
    """Whether the group has "app.codename". The last pattern that matches decides."""
    granted = False
    for pattern in GRANTED[group]:
        wanted = not pattern.startswith("-")
        if fnmatchcase(permission, pattern.removeprefix("-")):
            granted = wanted
    return granted


def sync_roles(app_config: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make the groups say what this file says; other groups are the admins' own.

    Connected to post_migrate, which comes once per app: the work is done at the last one, when
    all permissions are there.
    """
    if app_config is not _last_app() or using != DEFAULT_DB_ALIAS:
        return
    all_permissions = {
        f"{label}.{codename}": pk
        for pk, label, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    link = Group.permissions.through
    for name in STAFF_GROUPS:
        group, _created = Group.objects.get_or_create(name=name)
        wanted = {pk for text, pk in all_permissions.items() if is_granted(name, text)}
        held = set(group.permissions.values_list("pk", flat=True))
        link.objects.filter(group=group, permission_id__in=held - wanted).delete()
        link.objects.bulk_create(
            [link(group=group, permission_id=pk) for pk in wanted - held], ignore_conflicts=True
        )


def _last_app() -> AppConfig:
    return [config for config in apps.get_app_configs() if config.models_module is not None][-1]

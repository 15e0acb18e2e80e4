"""What an admin does to users: invite, role, access."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.emails import normalise_email
from accounts.enums import STAFF_GROUPS
from accounts.models import User
from accounts.services.sessions import raise_epoch
from core.audit import record_audit
from core.errors import Conflict
from core.events import publish
from core.identity import Role

ADMIN_GROUP = "admin"


@transaction.atomic
def set_role(*, user: User, role: Role) -> None:
    """Put a user into the one staff group of `role`, or into none (a shopper).

    Staff made by an admin count as confirmed: the admin vouches for the address. Everything the
    user had open ends, so that no token or session carries the former rights.
    Raises Conflict when no admin would be left. Runs under the caller's identity: the database
    lets admins and the house change groups, nobody else.
    """
    group_name = next((name for name, r in STAFF_GROUPS.items() if r is role), None)
    was = user.role
    if group_name != ADMIN_GROUP:
        _keep_one_admin(user)
    user.groups.remove(*Group.objects.filter(name__in=STAFF_GROUPS))
    if group_name is not None:
        user.groups.add(Group.objects.get(name=group_name))
    user.__dict__.pop("role", None)
    user.is_staff = group_name is not None
    if user.is_staff and user.email_confirmed_at is None:
        user.email_confirmed_at = timezone.now()
    if role is not Role.ADMIN:
        user.is_superuser = False
    user.save(update_fields=["is_staff", "is_superuser", "email_confirmed_at", "updated_at"])
    raise_epoch(user)
    record_audit(
        action="user.set_role",
        resource=f"user:{user.pk}",
        details={"from": was.name.lower(), "to": role.name.lower()},
    )


@transaction.atomic
def disable(*, user: User) -> None:
    """Shut every door within five seconds. Raises Conflict for the last admin."""
    _keep_one_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active", "updated_at"])
    raise_epoch(user)
    record_audit(action="user.disable", resource=f"user:{user.pk}")


@transaction.atomic
def enable(*, user: User) -> None:
    """Let a disabled user log in again; nothing that was open comes back."""
    user.is_active = True
    user.save(update_fields=["is_active", "updated_at"])
    record_audit(action="user.enable", resource=f"user:{user.pk}")


def _keep_one_admin(user: User) -> None:
    """Refuse to take away the last one who can let others in. Waits for others who ask this."""
    Group.objects.select_for_update().get(name=ADMIN_GROUP)
    admins = User.objects.filter(is_active=True, groups__name=ADMIN_GROUP)
    superusers = User.objects.filter(is_active=True, is_superuser=True)
    ids = {*admins.values_list("pk", flat=True), *superusers.values_list("pk", flat=True)}
    if ids == {user.pk}:
        raise Conflict(f"{user} is the last admin. Make somebody else an admin first.")


@transaction.atomic
def invite(*, email: str, full_name: str, role: Role, language: str = "en") -> User:
    """A new user without a password, and the mail with the link to choose one.

    Raises Conflict when the address is taken. Runs under the caller's identity.
    """
    address = normalise_email(email)
    if User.objects.filter(email=address).exists():
        raise Conflict("A user with this address exists already.")
    user: User = User.objects.create_user(address, full_name=full_name.strip(), language=language)
    record_audit(action="user.invite", resource=f"user:{user.pk}")
    publish(
        type="user.registered",
        subject=f"user:{user.pk}",
        data={"user_id": str(user.pk), "language": user.language},
        dedupe_key=f"user.registered:{user.pk}",
    )
    if role is not Role.SHOPPER:
        set_role(user=user, role=role)
    send_password_link(user=user)
    return user


@transaction.atomic
def send_password_link(*, user: User) -> None:
    """Have the mail sent with which a user chooses a password."""
    record_audit(action="user.send_password_link", resource=f"user:{user.pk}")
    publish(
        type="user.password_reset_requested",
        subject=f"user:{user.pk}",
        data={"user_id": str(user.pk), "language": user.language},
    )

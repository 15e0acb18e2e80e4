"""Who acts for a vendor: asked by mail, accepted, taken out.

Rows of members are written by the house alone (no policy lets anybody else), after the checks here.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.emails import normalise_email
from commerce import locks
from commerce.enums import VendorRole, VendorStatus
from commerce.models import VendorInvitation, VendorMember
from core.audit import record_audit
from core.errors import Conflict, NotFound, PermissionRefused
from core.events import publish
from core.identity import Role, acting_as_system, current_identity
from core.identity.context import STAFF_ROLES

OPEN_FOR = timedelta(days=14)
MOST_MEMBERS = 50  # with those who were asked
DECIDERS = frozenset({Role.ADMIN, Role.MANAGER, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts for a vendor, or was asked to."""

    id: UUID
    email: str
    name: str
    role: str
    state: str  # "member" or "invited"
    since: Any


def people_of(vendor_id: UUID) -> list[Person]:
    """Members and open invitations of a vendor, two queries. Raises PermissionRefused."""
    _refuse_strangers(vendor_id, owners_only=False)
    with acting_as_system("members of a vendor"), transaction.atomic():
        members = VendorMember.objects.filter(vendor_id=vendor_id).select_related("user")
        invited = VendorInvitation.objects.filter(vendor_id=vendor_id, accepted_at=None)
        return [
            *(
                Person(m.pk, m.user.email, m.user.full_name, m.role, "member", m.created_at)
                for m in members.order_by("created_at", "id")
            ),
            *(
                Person(i.pk, i.email, "", i.role, "invited", i.created_at)
                for i in invited.filter(expires_at__gt=timezone.now()).order_by("created_at", "id")
            ),
        ]


@transaction.atomic
def invite_member(
    *, vendor_id: UUID, email: str, role: str = VendorRole.MEMBER
) -> VendorInvitation:
    """Ask somebody by mail to act for a vendor; asked again, the mail goes out again.

    Staff may, and the vendor's owners. Whether the address has a login is not told. Raises
    NotFound, PermissionRefused, Conflict for a member, a closed vendor, or the fifty-first.
    """
    email = normalise_email(email)
    _refuse_strangers(vendor_id)
    with acting_as_system("invite a member"):
        vendor = locks.lock_vendor(vendor_id)
        if vendor.status == VendorStatus.CLOSED:
            raise Conflict(f"{vendor.name} is closed.")
        members = VendorMember.objects.filter(vendor=vendor)
        if members.filter(user__email=email).exists():
            raise Conflict("They act for this vendor already.", details={"email": ["A member."]})
        asked = VendorInvitation.objects.filter(vendor=vendor, accepted_at=None)
        if members.count() + asked.exclude(email=email).count() >= MOST_MEMBERS:
            raise Conflict(f"A vendor has {MOST_MEMBERS} members at most.")
        asked.filter(email=email).delete()
        invitation = VendorInvitation.objects.create(
            vendor=vendor,
            email=email,
            role=VendorRole(role),
            invited_by_id=current_identity().user_id,
            expires_at=timezone.now() + OPEN_FOR,
        )
        record_audit(
            action="vendor.invite",
            resource=vendor,
            details={"role": invitation.role, "invitation": str(invitation.pk)},
        )
        publish(
            type="vendor.member_invited",
            subject=f"vendor:{vendor.pk}",
            data={"vendor_id": str(vendor.pk), "invitation_id": str(invitation.pk)},
        )
    return invitation


def invitation_for(*, invitation_id: UUID, user: Any) -> VendorInvitation:
    """An open invitation of this user's own confirmed address. Raises NotFound otherwise: the
    address of a mail that went astray opens nothing."""
    with acting_as_system("read an invitation"), transaction.atomic():
        found = VendorInvitation.objects.select_related("vendor").filter(
            pk=invitation_id, accepted_at=None, expires_at__gt=timezone.now(), email=user.email
        )
        invitation = found.first() if user.email_confirmed else None
    if invitation is None:
        raise NotFound("There is no such invitation for your (confirmed) address.")
    return invitation


def accept_invitation(*, invitation_id: UUID, user: Any) -> VendorMember:
    """Become a member. Raises NotFound as above, Conflict for a vendor that was closed since."""
    invitation = invitation_for(invitation_id=invitation_id, user=user)
    with acting_as_system("accept an invitation"), transaction.atomic():
        vendor = locks.lock_vendor(invitation.vendor_id)
        if vendor.status == VendorStatus.CLOSED:
            raise Conflict(f"{vendor.name} is closed.")
        accepted = VendorInvitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
            accepted_at=timezone.now()
        )
        if not accepted:
            raise NotFound("The invitation was taken back.")
        member, _ = VendorMember.objects.get_or_create(
            vendor=vendor, user_id=user.pk, defaults={"role": invitation.role}
        )
        record_audit(action="vendor.join", resource=vendor, details={"member": str(member.pk)})
    return member


@transaction.atomic
def remove_member(*, vendor_id: UUID, person_id: UUID) -> None:
    """Take out a member, or take back an invitation. Staff may, owners, and everybody themselves.

    Raises NotFound, PermissionRefused, Conflict when members would take out their last owner.
    """
    identity = current_identity()
    with acting_as_system("remove a member"):
        vendor = locks.lock_vendor(vendor_id)
        member = VendorMember.objects.filter(pk=person_id, vendor=vendor).first()
    if member is None or member.user_id != identity.user_id:
        _refuse_strangers(vendor_id)
    with acting_as_system("remove a member"):
        if member is None:
            gone, _ = VendorInvitation.objects.filter(
                pk=person_id, vendor=vendor, accepted_at=None
            ).delete()
            if not gone:
                raise NotFound("There is no such member.")
        else:
            if identity.role not in DECIDERS:
                _refuse_last_owner(member)
            member.delete()
        record_audit(
            action="vendor.remove_member", resource=vendor, details={"member": str(person_id)}
        )


@transaction.atomic
def change_role(*, vendor_id: UUID, member_id: UUID, role: str) -> VendorMember:
    """Make a member an owner, or an owner a member. Raises as `remove_member`."""
    identity = current_identity()
    _refuse_strangers(vendor_id)
    with acting_as_system("change a member's role"):
        vendor = locks.lock_vendor(vendor_id)
        member = VendorMember.objects.filter(pk=member_id, vendor=vendor).first()
        if member is None:
            raise NotFound("There is no such member.")
        if role != VendorRole.OWNER and identity.role not in DECIDERS:
            _refuse_last_owner(member)
        member.role = VendorRole(role)
        member.save(update_fields=["role", "updated_at"])
        record_audit(
            action="vendor.member_role",
            resource=vendor,
            details={"member": str(member.pk), "role": member.role},
        )
    return member


def _refuse_strangers(vendor_id: UUID, *, owners_only: bool = True) -> None:
    """Staff (who may change vendors), and members (owners) of this one, pass."""
    identity = current_identity()
    if identity.role in DECIDERS or (not owners_only and identity.role in STAFF_ROLES):
        return
    mine = VendorMember.objects.of(identity.user_id).filter(vendor_id=vendor_id)
    membership = mine.first()
    if membership is None:
        raise NotFound("There is no such vendor among yours.")
    if owners_only and membership.role != VendorRole.OWNER:
        raise PermissionRefused("Only an owner of the vendor decides who acts for it.")


def _refuse_last_owner(member: VendorMember) -> None:
    others = VendorMember.objects.filter(vendor_id=member.vendor_id, role=VendorRole.OWNER)
    if member.role == VendorRole.OWNER and not others.exclude(pk=member.pk).exists():
        raise Conflict("A vendor keeps one owner. Make somebody else an owner first.")

"""A vendor's life: added or applied, approved, suspended, reopened, closed."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from commerce import locks
from commerce.enums import VENDOR_NEXT, VendorRole, VendorStatus
from commerce.models import Vendor, VendorMember
from core.audit import record_audit
from core.errors import Conflict, Invalid
from core.events import publish
from core.identity import acting_as_system

MOST_APPLICATIONS = 3  # of one person that nobody has decided yet
NEEDS_REASON = frozenset({VendorStatus.SUSPENDED, VendorStatus.CLOSED})


@transaction.atomic
def create_vendor(*, name: str, slug: str = "", **fields: Any) -> Vendor:
    """A vendor who has applied and sells nothing yet. Raises Conflict when the slug is taken."""
    slug = slug or slugify(name)[:100]
    if not slug:
        raise Invalid("Give the vendor a slug.", details={"slug": ["Letters, digits, hyphens."]})
    try:
        with transaction.atomic():
            vendor = Vendor.objects.create(name=name, slug=slug, **fields)
    except IntegrityError:
        raise Conflict("Another vendor has this slug.", details={"slug": ["Taken."]}) from None
    record_audit(action="vendor.create", resource=vendor, details={"slug": slug})
    return vendor


def apply_as_vendor(*, user: Any, name: str, **fields: Any) -> Vendor:
    """Somebody with a login asks to sell: an applied vendor whose owner they are.

    Terms are not theirs to choose. Raises Conflict without a confirmed address, at the fourth
    application that waits, or when the slug is taken.
    """
    if not user.email_confirmed:
        raise Conflict("Confirm your e-mail address first.")
    fields.setdefault("contact_email", user.email)
    fields["contact_email"] = fields["contact_email"] or user.email
    fields.setdefault("language", user.language)
    with acting_as_system("vendor application"), transaction.atomic():
        locks.lock_applications(user.pk)
        waiting = VendorMember.objects.filter(
            user_id=user.pk, vendor__status=VendorStatus.APPLIED
        ).count()
        if waiting >= MOST_APPLICATIONS:
            raise Conflict(f"{waiting} of your applications wait for an answer already.")
        vendor = create_vendor(name=name, **fields)
        VendorMember.objects.create(vendor=vendor, user_id=user.pk, role=VendorRole.OWNER)
    return vendor


@transaction.atomic
def move_vendor(*, vendor_id: UUID, to: str, reason: str = "") -> Vendor:
    """Approve, suspend, reopen or close a vendor; what one sells who is not active is gone from
    the shop at once, also from carts. The vendor's contact is told, with the reason.

    Raises NotFound, Invalid for a word that is no status or a reason that is missing, Conflict
    naming the steps that are allowed.
    """
    if to not in VendorStatus.values:
        raise Invalid(f"{to[:40]!r} is no status.", details={"to": list(VendorStatus.values)})
    target, reason = VendorStatus(to), reason.strip()
    if target in NEEDS_REASON and not reason:
        raise Invalid("Say why; the vendor reads it.", details={"reason": ["Needed for this."]})
    vendor = locks.lock_vendor(vendor_id)
    previous = VendorStatus(vendor.status)
    if target not in VENDOR_NEXT[previous]:
        allowed = [step.value for step in VendorStatus if step in VENDOR_NEXT[previous]]
        raise Conflict(
            f"{vendor.name} is {previous.label.lower()}. Next may be: {', '.join(allowed)}.",
            details={"allowed": allowed},
        )
    vendor.status, vendor.status_reason = target, reason
    vendor.status_changed_at = timezone.now()
    vendor.save(update_fields=["status", "status_reason", "status_changed_at", "updated_at"])
    record_audit(
        action=f"vendor.{target}",
        resource=vendor,
        details={"slug": vendor.slug, "from": previous.value, "reason": reason},
    )
    publish(
        type="vendor.status_changed",
        subject=f"vendor:{vendor.pk}",
        data={
            "vendor_id": str(vendor.pk),
            "status": target.value,
            "previous_status": previous.value,
            "reason": reason,
        },
    )
    return vendor


@transaction.atomic
def change_vendor(*, vendor_id: UUID, changes: dict[str, Any]) -> Vendor:
    """Change plain fields of a vendor: name, country, contact, language, terms.

    Raises NotFound.
    """
    vendor = locks.lock_vendor(vendor_id)
    changed = {name: value for name, value in changes.items() if getattr(vendor, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(vendor, name, value)
        vendor.save(update_fields=[*changed, "updated_at"])
        record_audit(
            action="vendor.change",
            resource=vendor,
            details={"fields": sorted(changed)}
            | {name: changed[name] for name in TERMS if name in changed},
        )
    return vendor


TERMS = ("commission_bps", "payout_currency")  # what the books turn on: the audit says the values

"""What a shop that is lived in has besides its sales: people who act for vendors, somebody who asks
to be one, fields of its own, a parcel ahead of its order, notes, an order in the archive."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.demo import PASSWORD
from commerce.demo.orders import PLATFORM
from commerce.enums import OrderStatus, VendorRole, VendorStatus
from commerce.imports.coming_in import history_coming_in
from commerce.models import (
    Category,
    FieldDefinition,
    Order,
    OrderNote,
    OrderPart,
    Product,
    Vendor,
    VendorMember,
)
from commerce.services.catalogue import change_product
from commerce.services.custom_fields.definitions import add_field
from core.identity import acting_as_system

MEMBERS = (
    ("vendor@example.com", "Haruka Mori", "kyoto-iron", VendorRole.OWNER),
    ("packer@example.com", "Kenji Sato", "kyoto-iron", VendorRole.MEMBER),
)
MATERIAL = [
    {"value": "iron", "label": {"en": "Cast iron", "fr": "Fonte", "ar": "حديد زهر"}},
    {"value": "stoneware", "label": {"en": "Stoneware", "fr": "Grès", "ar": "خزف"}},
    {"value": "wood", "label": {"en": "Wood", "fr": "Bois", "ar": "خشب"}},
]
SAID = {"teapot": "iron", "cups": "stoneware", "whisk": "wood", "caddy": "wood"}
NOTES = ("Rang: comes to fetch it on Friday.", "The gate is locked after six.", "Wants an invoice.")
ARCHIVED = 3  # of the oldest


def furnish(*, written_by: User) -> None:
    """Each thing once: what is there stays as it is."""
    with acting_as_system("demo"), transaction.atomic():
        _people()
        _applicant()
        _fields()
    with history_coming_in("demo"):
        _parcels_ahead()
        _notes(written_by)
        _archive()


def _people() -> None:
    for email, name, slug, role in MEMBERS:
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, PASSWORD, full_name=name, email_confirmed_at=timezone.now()
        )
        vendor = Vendor.objects.get(slug=slug)
        VendorMember.objects.get_or_create(vendor=vendor, user=user, defaults={"role": role})


def _applicant() -> None:
    Vendor.objects.get_or_create(
        slug="lisbon-cork",
        defaults={
            "name": "Lisbon Cork", "status": VendorStatus.APPLIED, "contact_name": "Inês Duarte",
            "contact_email": "hello@lisbon-cork.example.com", "country": "PT",
            "payout_currency": "EUR",
        },
    )  # fmt: skip


def _fields() -> None:
    if FieldDefinition.objects.exists():
        return
    tea = Category.objects.get(slug="tea")
    add_field(
        category_id=tea.pk, key="material", type="choice",
        label={"en": "Material", "fr": "Matière", "ar": "المادة"}, choices=MATERIAL,
    )  # fmt: skip
    add_field(
        category_id=tea.pk, key="dishwasher", type="boolean",
        label={"en": "Dishwasher-safe", "fr": "Va au lave-vaisselle", "ar": "يغسل في الغسالة"},
    )  # fmt: skip
    for product in Product.objects.filter(category=tea):
        words = product.name.lower().replace(",", " ").replace("-", " ").split()
        said = next((SAID[word] for word in words if word in SAID), None)
        if said:
            fields = {"material": said, "dishwasher": said == "stoneware"}
            change_product(product=product, changes={"custom_fields": fields})


def _parcels_ahead() -> None:
    """One vendor has sent its part already, the other has not."""
    waiting = Order.objects.filter(
        external_platform=PLATFORM, status__in=(OrderStatus.CONFIRMED, OrderStatus.PROCESSING)
    )
    if OrderPart.objects.filter(order__in=waiting, status=OrderStatus.SHIPPED).exists():
        return
    ahead = 0
    for order in waiting.prefetch_related("parts").order_by("-placed_at"):
        parts = sorted(order.parts.all(), key=lambda part: part.position)
        if len(parts) > 1 and ahead < len(NOTES):
            ahead += 1
            OrderPart.objects.filter(pk=parts[0].pk).update(
                status=OrderStatus.SHIPPED, shipped_at=order.updated_at, carrier="DHL",
                tracking_number=f"TW9{ahead:08d}", updated_at=order.updated_at,
            )  # fmt: skip


def _notes(written_by: User) -> None:
    orders = Order.objects.filter(external_platform=PLATFORM)
    if OrderNote.objects.filter(order__in=orders).exists():
        return
    newest = orders.filter(status__in=(OrderStatus.CONFIRMED, OrderStatus.PROCESSING))
    for order, text in zip(newest.order_by("-placed_at")[: len(NOTES)], NOTES, strict=False):
        OrderNote.objects.create(order=order, author_id=written_by.pk, text=text)


def _archive() -> None:
    """As if they had ended half a year ago; lists leave them out, searches find them."""
    ended = Order.objects.filter(
        external_platform=PLATFORM, status=OrderStatus.DELIVERED, attention=""
    )
    if ended.filter(archived_at__isnull=False).exists():
        return
    oldest = ended.order_by("placed_at").values_list("pk", flat=True)[:ARCHIVED]
    Order.objects.filter(pk__in=list(oldest)).update(archived_at=timezone.now() - timedelta(days=1))

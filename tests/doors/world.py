"""A small inhabited house: people of every role, and things that belong to two different hands.

`shop` is the shopper's order, customer row, payment ..., looked after by the agent. `elsewhere` is
the same of another shopper, looked after by another agent. `anyone` is the catalogue. What a person
alone has (devices, logins, messages, keys) stands under that person's name.
"""

from dataclasses import dataclass, field
from datetime import date, time
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from accounts.lookups import user_by_id
from accounts.models import User
from accounts.scopes import scopes_of
from accounts.services.api_keys import create_api_key
from accounts.services.passwords import reset_tokens
from accounts.services.registration import confirmation_key
from accounts.services.tokens import begin_login
from accounts.services.users import set_role
from commerce.enums import CouponKind, PriceChangeKind, RateSource
from commerce.models import (
    Category,
    Coupon,
    ExchangeRate,
    Order,
    ProductMedia,
    Variant,
    VendorMember,
)
from commerce.pricing.shipping import Destination
from commerce.services.carts import add_item, open_cart
from commerce.services.carts.links import cart_key
from commerce.services.catalogue.bulk_prices import (
    apply_price_change,
    do_next_batch,
    plan_price_change,
)
from commerce.services.catalogue.categories import place_category
from commerce.services.catalogue.options import set_options
from commerce.services.catalogue.price_rule import Rule
from commerce.services.catalogue.prices import put_on_sale
from commerce.services.catalogue.translations import translate_product
from commerce.services.catalogue.variants import change_variant
from commerce.services.custom_fields.definitions import add_field
from commerce.services.quotes.carts import send_to
from commerce.services.returns import Piece, request_return
from commerce.services.stock.locations import open_location
from commerce.services.vendors.members import invite_member
from commerce.tests.shop import make_order, make_variant, make_vendor
from core.bulk.jobs.exports import open_export
from core.bulk.jobs.imports import open_import
from core.bulk.jobs.work import work_off
from core.identity import Identity, Role, acting_as, acting_as_system
from core.models import StoredFile
from core.money import Money
from crm.models import Assignment, Customer
from notifications.services.devices import register_device
from notifications.services.notify import notify
from notifications.services.quiet_hours import set_quiet_hours
from notifications.services.topics.manage import make_topic
from payments.billing_enums import Interval
from payments.enums import AttemptState, PaymentStatus
from payments.models import Payment
from payments.services.billing.plans import ensure_plan, set_price
from payments.services.receipts.issuing import issue_receipt
from payments.services.referrals.attribution import code_of
from payments.services.start import open_payment

PASSWORD = "correct horse 9 battery"
PEOPLE = {
    "admin": Role.ADMIN,
    "manager": Role.MANAGER,
    "agent": Role.AGENT,
    "readonly": Role.READONLY,
    "shopper": Role.SHOPPER,
    "colleague": Role.AGENT,  # serves the stranger
    "stranger": Role.SHOPPER,  # another shopper
}
# Who calls: a person by access token, the manager by key, the manager by a key that reads orders
# only, nobody.
CALLERS = [*PEOPLE, "key", "narrow key", "anonymous"]
SERVED_BY = {"shop": "agent", "elsewhere": "colleague"}
OWNED_BY = {"shop": "shopper", "elsewhere": "stranger"}


@dataclass
class World:
    """Things by whose they are and what they are ("shop", "order"), as text for paths."""

    users: dict[str, User] = field(default_factory=dict)
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    credentials: dict[str, dict[str, str]] = field(default_factory=dict)

    def thing(self, name: str, *, whose: str, caller: str = "") -> str:
        """What `name` means: among `whose` things, else the caller's own, else anyone's."""
        person = "manager" if caller in {"key", "narrow key"} else caller
        owner = OWNED_BY.get(whose, "")
        for hands in (whose, person if whose == "shop" else owner, owner, "anyone"):
            if name in self.things.get(hands, {}):
                return self.things[hands][name]
        raise KeyError(f"Nobody has a {name}.")


def build_world() -> World:
    """Make it through the services, as the house. The caller owns the transaction."""
    world = World()
    with acting_as_system("tests"):
        for name, role in PEOPLE.items():
            world.users[name] = _person(name, role)
            world.credentials[name] = _bearer(world.users[name])
            world.things[name] = _belongings(world.users[name])
        world.things["anyone"] = _catalogue() | _files(world.users["manager"])
        for whose in OWNED_BY:
            world.things[whose] = _affairs(world, whose)
        world.credentials["key"] = _key(world.users["manager"], scopes_of(Role.MANAGER))
        world.credentials["narrow key"] = _key(world.users["manager"], frozenset({"orders:read"}))
        world.credentials["anonymous"] = {}
    return world


def _files(manager: User) -> dict[str, str]:
    """A file that came in, and one that is ready to be fetched; both the manager's."""
    with acting_as(Identity(Role.MANAGER, manager.pk)):
        came = open_import(
            target="customers", content=BytesIO(b"E-mail,Name\nada@in.example,Ada\n"),
            file_name="people.csv",
        )  # fmt: skip
        asked = open_export(target="customers", columns=["email"])
    work_off(only=asked.pk)
    return {"import": str(came.pk), "export": str(asked.pk)}


def _person(name: str, role: Role) -> User:
    made: User = User.objects.create_user(
        f"{name}@doors.example", PASSWORD, full_name=name.title(), language="en",
        email_confirmed_at=timezone.now(),
    )  # fmt: skip
    if role is not Role.SHOPPER:
        set_role(user=made, role=role)
    user = user_by_id(made.pk)
    assert user is not None
    return user


def _bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {begin_login(user=user).access}"}


def _key(owner: User, scopes: frozenset[str]) -> dict[str, str]:
    return {"X-API-Key": create_api_key(owner=owner, name="doors", scopes=sorted(scopes)).text}


def _belongings(user: User) -> dict[str, str]:
    """What every person has one of."""
    other_login = begin_login(user=user, agent="another phone")
    device = register_device(user_id=user.pk, token=f"device of {user.email}", platform="android")
    set_quiet_hours(user_id=user.pk, starts=time(22), ends=time(8))
    notification = notify(
        kind="order_status_changed",
        dedupe_key=f"doors {user.pk}",
        context=_words_for("order_status_changed"),
        user_id=user.pk,
    )
    key = create_api_key(owner=user, name="own", scopes=["profile:read"]).row
    return {
        "user": str(user.pk),
        "email": user.email,
        "login": str(other_login.family_id),
        "refresh token": other_login.refresh,
        "device": str(device.pk),
        "notification": str(notification.pk),
        "api key": str(key.pk),
        "confirmation key": confirmation_key(user),
        "reset uid": user.pk.hex,
        "reset token": reset_tokens.make_token(User.objects.get(pk=user.pk)),
    }


def _words_for(kind: str) -> dict[str, Any]:
    from notifications.kinds import kind_named

    return kind_named(kind).sample_context()


def _catalogue() -> dict[str, str]:
    """What anybody may see, and one draft that only staff may."""
    vendor = make_vendor()
    variant = make_variant(vendor, price="12.50", currency="EUR", stock=100)
    item = variant.stock_items.get()
    draft = make_variant(vendor)
    draft.product.status = "draft"
    draft.product.save()
    parent = place_category(Category(name="Drinks", slug="drinks"))
    category = place_category(Category(name="Tea", slug="tea", parent=parent))
    field = add_field(
        category_id=category.pk, key="steeping", type="number", label={"en": "Steeping"}
    )
    spare = add_field(category_id=None, key="glaze", type="text", label={"en": "Glaze"})
    empty = place_category(Category(name="Odds", slug="odds"))
    shown, removed = [_picture_on(variant) for _ in range(2)]
    removed.removed_at = timezone.now()
    removed.save()
    ExchangeRate.objects.create(
        day=date(2026, 1, 5), currency="USD", per_euro="1.1", source=RateSource.ECB
    )
    _, guest_cart = open_cart(currency="EUR")
    add_item(token=guest_cart, variant_id=variant.pk)
    Coupon.objects.create(code="DOORS10", kind=CouponKind.PERCENT, percent=10)
    plan = ensure_plan(code="pro", tier="pro", name="Pro", state="active")
    set_price(plan=plan, interval=Interval.MONTH, amount=Money.parse("29.00", "EUR"))
    sized = make_variant(vendor, price="12.50", currency="EUR", stock=100)
    set_options(product=sized.product, options={"Size": ["S", "M"]})
    change_variant(variant=sized, changes={"options": {"Size": "S"}})
    translate_product(product=sized.product, language="fr", name="Bouilloire")
    put_on_sale(variant_id=sized.pk, price=Money.parse("11.00", "EUR"))
    rule = Rule(PriceChangeKind.PERCENT, percent_bps=100)
    planned, done = [
        plan_price_change(rule=rule, selection={"products": [str(sized.product_id)]})
        for _ in range(2)
    ]
    apply_price_change(change_id=done.pk)
    do_next_batch(change_id=done.pk)
    return {
        "topic": str(make_topic(key="news", title="News").pk),
        "planned price change": str(planned.pk),
        "done price change": str(done.pk),
        "vendor": str(vendor.pk),
        "variant": str(variant.pk),
        "sized product": str(sized.product_id),
        "sized variant": str(sized.pk),
        "currency": "EUR",
        "language": "fr",
        "product": str(variant.product_id),
        "draft product": str(draft.product_id),
        "category": str(category.pk),
        "field": str(field.pk),
        "spare field": str(spare.pk),
        "empty category": str(empty.pk),
        "root category": str(parent.pk),
        "media": str(shown.pk),
        "removed media": str(removed.pk),
        "our address": settings.BASE_URL,
        "guest cart": guest_cart,
        "referral code": code_of(User.objects.create_user("friend@doors.example").pk).code,
        "unknown": str(uuid4()),
        "location": str(item.location_id),
        "other location": str(open_location(name="Osaka", country="JP").pk),
        "stock item": str(item.pk),
    }


def _picture_on(variant: Variant) -> ProductMedia:
    """A picture on the variant's product, as its rows say it; there are no bytes behind it."""
    file = StoredFile.objects.create(
        kind="image", state="attached", is_public=True, mime="image/webp", width=8, height=8,
        size=100, sha256=uuid4().hex, original_name="pot.png", holder_id=variant.vendor_id,
    )  # fmt: skip
    return ProductMedia.objects.create(
        product_id=variant.product_id, vendor_id=variant.vendor_id, file=file, kind="image"
    )


def _affairs(world: World, whose: str) -> dict[str, str]:
    """A customer with an agent, an order, a payment, a full cart and an ordered one."""
    owner, agent = world.users[OWNED_BY[whose]], world.users[SERVED_BY[whose]]
    customer = Customer.objects.create(
        name=f"Customer {whose}", email=f"{whose}@customers.example", user=owner, country="FR"
    )
    Assignment.objects.create(user=agent, customer=customer)
    kept = make_vendor(status="suspended")
    VendorMember.objects.create(vendor=kept, user=owner, role="owner")
    order = make_order(
        kept, customer=customer, user_id=owner.pk, email=customer.email, country="FR"
    )  # fmt: skip
    Order.objects.filter(pk=order.pk).update(status="confirmed")
    payment = open_payment(
        purpose="direct",
        purpose_id=uuid4(),
        email=str(customer.email),
        amount=Money.parse("12.50", "EUR"),
        gateway="stripe",
        customer_id=customer.pk,
        user_id=owner.pk,
    )
    paid = open_payment(
        purpose="direct",
        purpose_id=uuid4(),
        email=str(customer.email),
        amount=Money.parse("9.90", "EUR"),
        gateway="stripe",
        customer_id=customer.pk,
        user_id=owner.pk,
    )
    Payment.objects.filter(pk=paid.pk).update(
        status=PaymentStatus.SUCCESS, paid_at=timezone.now(), captured_minor=990
    )
    paid.attempts.update(state=AttemptState.CAPTURED, captured_minor=990, captured_currency="EUR")
    receipt = issue_receipt(payment_id=paid.pk)
    member = VendorMember.objects.create(vendor=kept, user=agent)
    invited = make_vendor()
    invitation = invite_member(vendor_id=invited.pk, email=owner.email)
    variant = world.things["anyone"]["variant"]
    cart, token = open_cart(currency="EUR", user_id=owner.pk)
    add_item(token=token, variant_id=UUID(variant), quantity=2)
    send_to(token=token, destination=Destination("FR"))
    sent = make_order(
        invited,
        customer=customer,
        user_id=owner.pk,
        email=customer.email,
        status="delivered",
        delivered_at=timezone.now(),
    )
    sent_line = sent.lines.get()
    other = make_order(
        invited, customer=customer, user_id=owner.pk, email=customer.email, status="delivered"
    )
    back = request_return(order_id=other.pk, pieces=[Piece(other.lines.get().pk, 1, "damaged")])
    return {
        "sent order": str(sent.pk),
        "sent line": str(sent_line.pk),
        "return": str(back.pk),
        "return number": back.number,
        "customer": str(customer.pk),
        "order": str(order.pk),
        "order number": order.number,
        "order line": str(order.lines.get().pk),
        "order part": str(order.parts.get().pk),
        "customer email": str(customer.email),
        "payment": str(payment.pk),
        "reference": payment.reference,
        "paid payment": str(paid.pk),
        "paid reference": paid.reference,
        "receipt": str(receipt.pk),
        "receipt number": receipt.number,
        "cart": token,
        "kept vendor": str(kept.pk),
        "member": str(member.pk),
        "invitation": str(invitation.pk),
        "cart key": cart_key(cart.pk),
        "serving agent": str(agent.pk),
        "other agent": str(world.users["manager"].pk),
    }

"""Making the demo's shelves and people, each once however often it is asked."""

import random
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from commerce.bulk.products.known import look_up
from commerce.bulk.products.newcomers import Newcomers
from commerce.bulk.products.reading import ProductWords, VariantWords
from commerce.demo.catalogue import (
    CURRENCIES,
    DOWNLOADS,
    PARENT,
    TITLE,
    VENDORS,
    DemoProduct,
    price_in,
    products,
)
from commerce.demo.people import Person, people
from commerce.demo.texts import dress_up
from commerce.enums import ProductStatus, VendorStatus
from commerce.models import Category, Product, Variant, Vendor
from commerce.services.catalogue.categories import place_category
from core.identity import acting_as_system
from core.ids import new_id
from core.money import Money
from crm.models import Customer

SEED = 20_261_120


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of the demo and who they are."""

    customer: Customer
    person: Person


def stock_shelves() -> list[Variant]:
    """Vendors, categories and about forty products; the variants, with product and prices."""
    with acting_as_system("demo"), transaction.atomic():
        vendors = {vendor.slug: _vendor(vendor.slug) for vendor in VENDORS}
        categories: dict[str, Category] = {}
        for slug in TITLE:
            _category(slug, categories)
        known = set(Product.objects.values_list("slug", flat=True))
        fresh = [demo for demo in products() if slugify(demo.name) not in known]
        _put_on_sale(fresh, categories)
        return list(
            Variant.objects.filter(
                vendor__in=vendors.values(), product__status=ProductStatus.ACTIVE
            )
            .select_related("product")
            .prefetch_related("prices")
            .order_by("sku")
        )


def invite_people(count: int) -> list[Buyer]:
    """The first `count` people of the demo, as customers."""
    wanted = list(islice(people(random.Random(SEED)), count))  # noqa: S311  - made-up, not secret
    with acting_as_system("demo"), transaction.atomic():
        emails = [person.email for person in wanted]
        of_them = Customer.objects.current().filter(email__in=emails)
        known = set(of_them.values_list("email", flat=True))
        Customer.objects.bulk_create(
            [customer_of(person) for person in wanted if person.email not in known],
            batch_size=1000,
        )
        found = {customer.email: customer for customer in of_them.all()}
    return [Buyer(found[person.email], person) for person in wanted]


def customer_of(person: Person) -> Customer:
    """A customer's row for a made-up person."""
    first, _, last = person.name.partition(" ")
    return Customer(
        id=new_id(),
        name=person.name,
        first_name=first,
        last_name=last,
        email=person.email,
        line1=person.line1,
        city=person.city,
        postal_code=person.postal_code,
        country=person.place.country,
        language=person.place.language,
        currency=person.place.currency,
    )


def _vendor(slug: str) -> Vendor:
    demo = next(vendor for vendor in VENDORS if vendor.slug == slug)
    vendor, _ = Vendor.objects.get_or_create(
        slug=slug,
        defaults={
            "name": demo.name,
            "status": VendorStatus.ACTIVE,
            "contact_name": demo.contact,
            "contact_email": f"orders@{slug}.example.com",
            "country": demo.country,
            "payout_currency": demo.currency,
            "commission_bps": demo.commission_bps,
        },
    )
    return vendor


def _category(slug: str, made: dict[str, Category]) -> Category:
    if slug not in made:
        above = _category(PARENT[slug], made) if slug in PARENT else None
        found = Category.objects.filter(slug=slug, parent=above).first()
        made[slug] = found or place_category(Category(name=TITLE[slug], slug=slug, parent=above))
    return made[slug]


def _put_on_sale(fresh: list[DemoProduct], categories: dict[str, Category]) -> None:
    """As a file of products would bring them in: a statement a table, however many."""
    words = [_words(demo, categories[demo.category]) for demo in fresh]
    known, newcomers = look_up(words), Newcomers()
    for one in words:
        newcomers.add(one, known)
    newcomers.write("opening")
    for product in newcomers.products:
        dress_up(product)


def _words(demo: DemoProduct, category: Category) -> ProductWords:
    prefix = "".join(word[0] for word in demo.vendor.split("-")).upper()
    stem = f"{prefix}-{slugify(demo.name)[:24].strip('-').upper()}"
    is_sent = demo.category != DOWNLOADS
    variants = []
    for place, value in enumerate(demo.values or ("",)):
        cents = demo.cents + place * demo.cents // 4 if demo.option == "Size" else demo.cents
        values: dict[str, Any] = {
            "options": {demo.option: value} if value else {},
            "tracks_stock": is_sent,
            "requires_shipping": is_sent,
        }
        variants.append(
            VariantWords(
                number=place,
                sku=f"{stem}-{slugify(value).upper()}" if value else stem,
                values=values | ({"stock": demo.stock} if is_sent else {}),
                prices={c: Money(price_in(c, cents), c) for c in CURRENCIES},
            )
        )
    return ProductWords(
        {
            "vendor": demo.vendor, "category": category.path, "name": demo.name,
            "description": demo.description, "service": demo.service,
            "status": ProductStatus.ACTIVE,
        },
        {},
        variants,
    )  # fmt: skip

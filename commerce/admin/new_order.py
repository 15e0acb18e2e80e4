"""Staff take an order for somebody: things picked, an address typed, looked at, placed."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from unfold.decorators import action

from accounts.admin.refusals import in_words
from commerce.addresses import LONGEST, REQUIRED, Address, countries
from commerce.admin.picking import find, picked, pieces, sum_looked_at
from commerce.models import Price
from commerce.services.orders.on_phone import Taken, quote_order, take_order
from commerce.services.quotes.offer import Offer
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError, Invalid
from core.money import CURRENCIES, Money
from crm.models import Customer

TYPED = {"email": 254, "shipping_method": 60, "codes": 250, "language": 10, "notes": 4000}
LANGUAGES = [("", "The customer's"), ("en", "English"), ("fr", "French"), ("ar", "Arabic")]


class NewOrderAdmin(ReadOnlyAdmin):
    """`new/`: one form, sent again and again until it is placed."""

    actions_list = ["new_order"]

    def get_urls(self) -> list[URLPattern]:
        """The form and its answer."""
        view = self.admin_site.admin_view(self.new_view)
        return [path("new/", view, name="commerce_order_new"), *super().get_urls()]

    @action(description="Take an order", url_path="take", icon="add_call", permissions=["take"])
    def new_order(self, request: HttpRequest) -> HttpResponse:
        """The button above the list."""
        return redirect(reverse("admin:commerce_order_new"))

    def has_take_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever moves orders takes them."""
        return bool(request.user.has_perm("commerce.change_order"))

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows it empty (or for `?customer=`); POST looks for things, quotes, or places."""
        if not self.has_take_permission(request):
            raise Http404
        customer = _customer(request)
        typed = _typed(request, customer)
        picks: dict[UUID, int] = {}
        offer = None
        try:
            if request.method == "POST":
                picks = {key: count for key, count in pieces(request.POST).items() if count}
            if request.POST.get("do") in ("look", "place"):
                taken = _taken(typed, picks, customer)
                offer = quote_order(taken)
                _refuse_no_way(offer)
                if request.POST["do"] == "place":
                    expected = sum_looked_at(request.POST, taken.currency)
                    order = take_order(taken=taken, expected_total=expected)
                    messages.success(request, f"{order.number} is placed; its goods are held.")
                    return redirect(reverse("admin:commerce_order_change", args=[order.pk]))
        except DomainError as refusal:
            messages.error(request, in_words(refusal))
        return render(request, "commerce/admin/new_order.html",
                      self._new_page(request, typed, picks, offer, customer))  # fmt: skip

    def _new_page(
        self,
        request: HttpRequest,
        typed: dict[str, str],
        picks: dict[UUID, int],
        offer: Offer | None,
        customer: Customer | None,
    ) -> dict[str, Any]:
        text, currency = request.POST.get("find", "")[:100], typed["currency"]
        used = Price.objects.at().values_list("currency", flat=True).order_by().distinct()
        return self.admin_site.each_context(request) | {
            "title": "Take an order",
            "opts": self.opts,
            "customer": customer,
            "typed": typed,
            "parts": [
                (name, name.replace("_", " ").capitalize(), typed[name], longest, name in REQUIRED)
                for name, longest in LONGEST.items() if name != "country"
            ],
            "countries": sorted(countries().items(), key=lambda pair: pair[1]),
            "currencies": sorted({*used, settings.BASE_CURRENCY}),
            "languages": LANGUAGES,
            "added": picked(picks, currency=currency),
            "find": text,
            "found": find(text, currency=currency, but=picks),
            "offer": offer,
            "figures": _figures(offer) if offer else [],
            "expected": offer.quote.total.minor if offer else "",
        }  # fmt: skip


def _customer(request: HttpRequest) -> Customer | None:
    """Whom it is for, as the caller sees them."""
    given = request.POST.get("customer") or request.GET.get("customer", "")
    try:
        return Customer.objects.filter(pk=UUID(given)).first() if given else None
    except ValueError:
        return None


def _typed(request: HttpRequest, customer: Customer | None) -> dict[str, str]:
    """What the form says; at first what is known of the customer."""
    if request.method == "POST":
        names = LONGEST | TYPED
        typed = {name: request.POST.get(name, "")[:most].strip() for name, most in names.items()}
        currency = request.POST.get("currency", "")
        return typed | {"currency": currency if currency in CURRENCIES else settings.BASE_CURRENCY}
    known = {name: str(getattr(customer, name, "") or "") for name in LONGEST}
    return (
        known
        | dict.fromkeys(TYPED, "")
        | {
            "email": (customer.email if customer else "") or "",
            "currency": (customer.currency if customer else "") or settings.BASE_CURRENCY,
        }
    )


def _taken(typed: dict[str, str], picks: dict[UUID, int], customer: Customer | None) -> Taken:
    """Raises Invalid for an address that is not complete, or without an e-mail address."""
    if not picks:
        raise Invalid("Pick something first.")
    return Taken(
        pieces=picks,
        currency=typed["currency"],
        shipping_address=Address.parse({name: typed[name] for name in LONGEST}),
        email=typed["email"],
        customer_id=customer.pk if customer else None,
        shipping_method=typed["shipping_method"],
        coupon_codes=typed["codes"].replace(",", " ").split(),
        language=typed["language"],
        notes=typed["notes"].replace("\r\n", "\n"),
    )


def _refuse_no_way(offer: Offer) -> None:
    if offer.no_way:
        raise Invalid("These goods are not sent there.")


def _figures(offer: Offer) -> list[tuple[str, Money]]:
    quote = offer.quote
    return [
        ("Goods", quote.subtotal),
        ("Discount", -quote.discount),
        ("Shipping", quote.shipping),
        ("Tax", quote.tax),
        ("Total", quote.total),
    ]

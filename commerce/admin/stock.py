"""Stock: what lies where, what is to be reordered, and each figure's history."""

import csv
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from commerce.models import StockItem, StockLocation, StockMovement
from commerce.services import stock
from commerce.services.stock.movements import threshold
from core.admin.badge import Labelled
from core.admin.bulk.page import EXPORT
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.bulk.harmless import harmless
from core.errors import DomainError
from core.ids import new_id

LABELS = {"out": "danger", "low": "warning", "enough": "success"}
MOST_ROWS = 50_000
SHOWN_MOVEMENTS = 100
CSV_COLUMNS = [
    "sku", "product", "vendor", "location", "on_hand", "reserved", "allocated", "available",
    "low_at", "low_since",
]  # fmt: skip


class ToReorder(admin.SimpleListFilter):
    """What is low, and what is out."""

    title = "to reorder"
    parameter_name = "reorder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two questions."""
        return [("low", "Low or out"), ("out", "Out")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StockItem]) -> QuerySet[StockItem]:
        """By the marks that sales leave."""
        if self.value() == "low":
            return queryset.filter(low_since__isnull=False)
        return queryset.filter(out_since__isnull=False) if self.value() == "out" else queryset


class MovementInline(ReadOnlyInline):
    """The newest changes of the item."""

    model = StockMovement
    fields = ["at", "kind", "on_hand_change", "reserved_change", "allocated_change", "reason",
              "source"]  # fmt: skip
    readonly_fields = fields
    ordering = ["-id"]
    show_change_link = False
    hide_title = True
    per_page = SHOWN_MOVEMENTS
    verbose_name_plural = "Movements"


@admin.register(StockItem)
class StockItemAdmin(ReadOnlyAdmin):
    """Figures are changed by deeds: count, receive, correct, move. Each leaves a movement."""

    list_display = ["sku", "product", "location", "shown_state", "on_hand", "reserved",
                    "allocated", "left"]  # fmt: skip
    list_filter = [
        ToReorder, ("location", AutocompleteSelectFilter),
        ("variant__vendor", AutocompleteSelectFilter),
    ]  # fmt: skip
    list_select_related = ["variant__product", "location"]
    search_fields = ["variant__sku__istartswith", "variant__product__name__icontains"]
    search_help_text = "SKU, or part of a product's name"
    ordering = [F("low_since").desc(nulls_last=True), "-id"]
    actions = ["download"]
    inlines = [MovementInline]
    readonly_fields = ["shown_state", "left", "everywhere", "deeds", "product", "sku"]
    fieldsets = [
        (None, {"fields": [("sku", "product", "location"), "shown_state", "deeds"]}),
        (
            "Figures",
            {
                "fields": [
                    ("on_hand", "reserved", "allocated", "left"),
                    ("low_at", "backorder_limit"),
                    ("low_since", "out_since"),
                ]
            },
        ),
        ("At all locations", {"fields": ["everywhere"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        """POST here does one deed."""
        view = self.admin_site.admin_view(self.deed_view)
        return [path("<uuid:item_id>/deed/", view, name="commerce_stock_deed"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockItem]:
        """Names come along, whatever the page."""
        items: QuerySet[StockItem] = super().get_queryset(request)
        return items.select_related("variant__product", "location")

    @display(description="SKU", ordering="variant__sku")
    def sku(self, item: StockItem) -> str:
        """Of the variant."""
        return item.variant.sku

    @display(description="Product")
    def product(self, item: StockItem) -> str:
        """Its name."""
        return item.variant.product.name

    @display(description="Can be sold")
    def left(self, item: StockItem) -> int:
        """Backorders included."""
        return item.available

    @display(description="State", label=LABELS)
    def shown_state(self, item: StockItem) -> Labelled:
        """Out, low or enough."""
        key = "out" if item.out_since else "low" if item.low_since else "enough"
        text = {"out": "Out", "low": f"Low: {threshold(item)} or less", "enough": "Enough"}[key]
        return Labelled(key, text, LABELS)

    @display(description="Where")
    def everywhere(self, item: StockItem) -> SafeString:
        """The variant at each location, as bars."""
        items = list(
            StockItem.objects.filter(variant_id=item.variant_id)
            .select_related("location")
            .order_by("location__priority", "location__name")
        )
        most = max([i.on_hand for i in items] + [i.promised for i in items] + [1])
        bars = [
            {
                "item": i,
                "here": i.pk == item.pk,
                "sold": round(100 * i.allocated / most),
                "held": round(100 * i.reserved / most),
                "free": round(100 * max(0, i.free) / most),
            }
            for i in items
        ]
        return render_to_string("commerce/admin/stock_places.html", {"bars": bars})

    @display(description="Change")
    def deeds(self, item: StockItem) -> SafeString:
        """Small forms that submit the page's own form (and its CSRF token) to `deed_view`."""
        places = StockLocation.objects.exclude(pk=item.location_id)
        places = places.filter(vendor__isnull=True) | places.filter(
            vendor_id=item.variant.vendor_id
        )
        context = {
            "item": item,
            "places": list(places.distinct()),
            "url": reverse("admin:commerce_stock_deed", args=[item.pk]),
        }
        return render_to_string("commerce/admin/stock_deeds.html", context)

    def get_fieldsets(self, request: HttpRequest, obj: StockItem | None = None) -> Any:
        """Deeds are for those who may do them."""
        if self.may_change(request):
            return self.fieldsets
        head = (None, {"fields": [("sku", "product", "location"), "shown_state"]})
        return [head, *self.fieldsets[1:]]

    def may_change(self, request: HttpRequest) -> bool:
        """Whoever may change stock items."""
        return bool(request.user.has_perm("commerce.change_stockitem"))

    def deed_view(self, request: HttpRequest, item_id: Any) -> HttpResponse:
        """Do it and go back to the item."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = StockItem.objects.filter(pk=item_id).first()
        if not self.may_change(request) or item is None:
            self.message_user(request, "You may not change stock.", messages.ERROR)
            return redirect(reverse("admin:commerce_stockitem_changelist"))
        try:
            text = _do(item, request.POST)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        except ValueError:
            self.message_user(request, "Give whole numbers.", messages.ERROR)
        else:
            self.message_user(request, text, messages.SUCCESS)
        return redirect(reverse("admin:commerce_stockitem_change", args=[item_id]))

    def has_export_permission(self, request: HttpRequest) -> bool:
        """As for every file that is taken out."""
        return bool(request.user.has_perm(EXPORT))

    @admin.action(description="Download as CSV", permissions=["export"])
    def download(self, request: HttpRequest, queryset: QuerySet[StockItem]) -> HttpResponse:
        """What is chosen, for a spreadsheet."""
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="stock.csv"'
        writer = csv.writer(answer)
        writer.writerow(CSV_COLUMNS)
        rows = queryset.select_related("variant__vendor")[:MOST_ROWS]
        for item in rows:
            writer.writerow(
                [
                    harmless(item.variant.sku), harmless(item.variant.product.name),
                    harmless(item.variant.vendor.name), harmless(item.location.name), item.on_hand,
                    item.reserved, item.allocated, item.available, threshold(item),
                    item.low_since or "",
                ]
            )  # fmt: skip
        return answer


def _place(key: str) -> StockLocation | None:
    """The chosen location. Raises ValueError for what is no key."""
    return StockLocation.objects.filter(pk=UUID(key)).first() if key else None


def _do(item: StockItem, given: Any) -> str:
    """One deed of the page; what to tell about it. Raises ValueError, DomainError."""
    source = f"admin:{new_id()}"
    here: dict[str, Any] = {"variant_id": item.variant_id, "source": source}
    number, reason = given.get("stock_number", "").strip(), given.get("stock_reason", "")[:500]
    deed = given.get("deed", "")
    if deed == "count":
        stock.count_stock(**here, location_id=item.location_id, on_hand=int(number), reason=reason)
        return "Counted."
    if deed == "receive":
        stock.receive_stock(**here, location_id=item.location_id, quantity=int(number))
        return "Received."
    if deed == "correct":
        stock.correct_stock(**here, location_id=item.location_id, change=int(number), reason=reason)
        return "Corrected."
    if deed == "move":
        to = _place(given.get("stock_to", ""))
        if to is None:
            return "Choose where to."
        stock.transfer_stock(
            **here, from_id=item.location_id, to_id=to.pk, quantity=int(number), reason=reason
        )
        return f"Moved to {to}."
    low = given.get("stock_low_at", "").strip()
    stock.set_limits(
        item_id=item.pk,
        low_at=int(low) if low else None,
        backorder_limit=int(given.get("stock_backorder", "").strip() or 0),
    )
    return "Limits set."

"""Customers as staff see them. Saving goes through services, totals are only shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import RangeNumericFilter
from unfold.decorators import display

from accounts.admin.refusals import ServiceAdmin
from core.admin.badge import Labelled
from core.admin.bulk.export_action import ExportableList
from core.admin.paginator import EstimatedPaginator
from core.admin.when_filter import WhenFilter
from crm.admin.assignment import AssignmentInline
from crm.enums import CustomerStatus
from crm.models import Assignment, Customer
from crm.panels import panels_of
from crm.services.assignments import assign_agent, unassign_agent
from crm.services.changes import EDITABLE, create_customer, update_customer

STATUS_LABELS = {
    CustomerStatus.ACTIVE: "success",
    CustomerStatus.INACTIVE: "default",
    CustomerStatus.VIP: "warning",
    CustomerStatus.BLOCKED: "danger",
}


class AgentFilter(admin.SimpleListFilter):
    """Customers somebody looks after, and those nobody does."""

    title = "agent"
    parameter_name = "agent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Three questions that staff ask."""
        return [("mine", "Mine"), ("some", "Somebody's"), ("none", "Nobody's")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        """Narrow by assignments."""
        if self.value() == "mine":
            return queryset.filter(assignments__user=request.user)  # type: ignore[misc]  # staff
        if self.value() in {"some", "none"}:
            assigned = Assignment.objects.values("customer_id")
            if self.value() == "some":
                return queryset.filter(pk__in=assigned)
            return queryset.exclude(pk__in=assigned)
        return queryset


@admin.register(Customer)
class CustomerAdmin(ExportableList, ServiceAdmin):
    """Customers; an agent sees their own (the database decides)."""

    list_display = [
        "shown_name", "email", "country", "shown_status", "orders", "value", "last_order_at",
    ]  # fmt: skip
    list_filter = [
        "status",
        ("country", admin.AllValuesFieldListFilter),
        AgentFilter,
        ("orders_count", RangeNumericFilter),
        ("last_order_at", WhenFilter),
    ]
    search_fields = ["search_words"]
    search_help_text = "Beginnings of words: name, company, e-mail, phone, city, id elsewhere"
    ordering = ["-id"]
    paginator = EstimatedPaginator
    inlines = [AssignmentInline]
    change_form_after_template = "crm/panels.html"
    fieldsets = [
        (None, {"fields": [("name", "status"), ("first_name", "last_name"), "company"]}),
        ("Contact", {"fields": [("email", "phone"), ("language", "time_zone", "currency")]}),
        (
            "Address",
            {"fields": ["line1", "line2", ("postal_code", "city"), ("region", "country")]},
        ),
        ("The shop's own fields", {"classes": ["collapse"], "fields": ["custom"]}),
        ("Elsewhere", {"classes": ["collapse"], "fields": [("external_platform", "external_id")]}),
        (
            "So far",
            {
                "fields": [
                    ("orders", "value"),
                    ("first_order_at", "last_order_at"),
                    ("user", "merged_into"),
                    "anonymised_at",
                    ("created_at", "updated_at", "version"),
                ]
            },
        ),
    ]
    readonly_fields = [
        "orders", "value", "first_order_at", "last_order_at", "user", "merged_into",
        "anonymised_at", "created_at", "updated_at", "version",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Without the search column, which nobody reads."""
        return super().get_queryset(request).defer("search_words", "custom")

    def get_inlines(self, request: HttpRequest, obj: Customer | None = None) -> list[Any]:
        """Agents are assigned to customers who are there."""
        return list(self.inlines) if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Customer | None = None) -> list[Any]:
        """A new customer has no past."""
        return list(self.fieldsets) if obj else list(self.fieldsets[:-1])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With what the upper floors know of them."""
        customer = self.get_object(request, object_id)
        panels = panels_of(customer) if customer else []
        context = {"panels": panels, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        """Through services, which check, audit and announce."""
        given = {name: form.cleaned_data[name] for name in form.changed_data if name in EDITABLE}
        saved = update_customer(customer_id=obj.pk, **given) if change else create_customer(**given)
        obj.__dict__.update(saved.__dict__)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Assignments, through their services too."""
        for made in formset.save(commit=False):
            assign_agent(customer_id=made.customer_id, user_id=made.user_id)
        for gone in formset.deleted_objects:
            unassign_agent(customer_id=gone.customer_id, user_id=gone.user_id)

    @display(description="Customer", ordering="name", header=True)
    def shown_name(self, customer: Customer) -> list[str]:
        """The name, and the company below it."""
        return [str(customer), customer.company if customer.company != customer.name else ""]

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, customer: Customer) -> Labelled:
        """A coloured label."""
        return Labelled(customer.status, customer.get_status_display(), STATUS_LABELS)

    @display(description="Orders", ordering="orders_count")
    def orders(self, customer: Customer) -> int | None:
        """How many count; a dash where nothing was counted yet."""
        return customer.orders_count or None

    @display(description="Lifetime value", ordering="lifetime_value_minor")
    def value(self, customer: Customer) -> str | None:
        """In the currency the house adds up in."""
        return str(customer.lifetime_value) if customer.orders_count else None

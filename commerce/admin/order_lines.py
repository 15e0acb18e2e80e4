"""What was bought, on an order's page."""

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from commerce.models import OrderLine
from commerce.pricing.rounding import percent_text
from core.admin.readonly import ReadOnlyInline
from core.money import Money


class LineInline(ReadOnlyInline):
    """What was bought."""

    model = OrderLine
    fields = ["sku", "name", "vendor", "quantity", "unit_price", "line_total", "off", "line_tax"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "Lines"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        """With the vendors' names."""
        return super().get_queryset(request).select_related("vendor")

    @display(description="Unit price")
    def unit_price(self, line: OrderLine) -> Money:
        """As it was then."""
        return Money(line.unit_price_minor, line.currency)

    @display(description="Total")
    def line_total(self, line: OrderLine) -> Money:
        """Price times quantity."""
        return Money(line.total_minor, line.currency)

    @display(description="Off")
    def off(self, line: OrderLine) -> Money:
        """Its part of the discount."""
        return Money(-line.discount_minor, line.currency)

    @display(description="Tax")
    def line_tax(self, line: OrderLine) -> str:
        """Added or contained, and at which rate."""
        if not line.tax_name:
            return ""
        added = Money(line.tax_minor + line.included_tax_minor, line.currency)
        how = "in it" if line.included_tax_minor else "on top"
        return f"{added} {how} ({line.tax_name} {percent_text(line.tax_rate)} %)"

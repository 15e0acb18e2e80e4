"""An order's figures, as its page says them."""

from unfold.decorators import display

from commerce.models import Order
from core.admin.readonly import ReadOnlyAdmin
from core.money import Money


class FiguresAdmin(ReadOnlyAdmin):
    """One display a figure."""

    @display(description="Subtotal")
    def subtotal(self, order: Order) -> Money:
        """The lines."""
        return order.money(order.subtotal_minor)

    @display(description="Discount")
    def discount(self, order: Order) -> Money:
        """Taken off."""
        return order.money(-order.discount_minor)

    @display(description="Shipping")
    def shipping(self, order: Order) -> Money:
        """Postage."""
        return order.money(order.shipping_minor)

    @display(description="Tax")
    def tax(self, order: Order) -> Money:
        """On top."""
        return order.money(order.tax_minor)

    @display(description="Tax contained")
    def included_tax(self, order: Order) -> Money:
        """In prices that include it."""
        return order.money(order.included_tax_minor)

    @display(description="Way of sending")
    def sent_by(self, order: Order) -> str:
        """As the buyer chose it."""
        return order.shipping_method_name or "None chosen"

    @display(description="Total", ordering="total_minor")
    def total(self, order: Order) -> Money:
        """What is owed in all."""
        return order.total

    @display(description="In the house's currency")
    def base_total(self, order: Order) -> str:
        """By which rate of which day; it follows when a rate arrives that was not known."""
        if order.base_total is None or order.exchange_rate is None:
            return "No rate of its day is known yet"
        if order.base_currency == order.currency:
            return str(order.base_total)
        rate = f"{order.exchange_rate:.8f}".rstrip("0").rstrip(".")
        return f"{order.base_total} (at {rate}, {order.rate_date})"

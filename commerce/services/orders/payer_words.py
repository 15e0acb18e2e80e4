"""What a payment for an order is for, as its payer reads it: on the gateway's page and in mails."""

from commerce.models import Order
from core.languages import words_in

TITLES = {
    "en": ("Order {number}", "Order {number}, changed"),
    "fr": ("Commande {number}", "Commande {number}, modifiée"),
    "ar": ("الطلب رقم {number}", "الطلب رقم {number}، بعد تعديله"),
}


def paid_for(order: Order, *, changed: bool = False) -> str:
    """In the order's language, else in English. `changed`: what a change of it costs more."""
    plain, after_change = words_in(order.language, TITLES)
    return (after_change if changed else plain).format(number=order.number)

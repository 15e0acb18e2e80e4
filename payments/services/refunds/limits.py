"""From which amount on two people must agree to a refund."""

from django.conf import settings

from core.money import Money


def needs_two_people(amount: Money) -> bool:
    """Above the limit of its currency; a currency without a limit always does."""
    limit = settings.REFUND_TWO_PEOPLE_ABOVE.get(amount.currency)
    return limit is None or amount.decimal > limit

"""vendor-returns/: what of a vendor's goods comes back, for the people who act for it."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, TextField
from rest_framework.request import Request

from commerce.api.acting import READS_OWN, my_vendors
from commerce.enums import ReturnState
from commerce.models import ReturnLine
from core.api.lists import ListView
from core.api.rows import Rows, made

STATE = {"type": "string", "enum": ReturnState.values}
TEXT = {"type": "string"}


def _number(told: list[str] | None) -> str:
    return told[0] if told else ""


def _state(told: list[str] | None) -> str:
    return told[1] if told else ReturnState.REQUESTED.value


COMING_BACK = Rows(
    columns={
        "id": "id", "return_number": made(_number, "told", schema=TEXT),
        "state": made(_state, "told", schema=STATE), "vendor": "vendor_id", "line": "line_id",
        "sku": "line__sku", "name": "line__name", "quantity": "quantity", "reason": "reason",
        "comment": "comment", "accepted": "accepted", "fate": "fate", "created_at": "created_at",
    },
    model=ReturnLine,
)  # fmt: skip


class VendorReturnsView(ListView):
    """Lines of returns of the vendors the caller acts for: what is to come, why, and what became of
    it. Whose it is stays with the buyer and the staff."""

    scopes = {"GET": READS_OWN}
    rows = COMING_BACK
    filters = {
        "vendor": "vendor_id", "reason": "reason", "fate": "fate", "created_at": "created_at",
    }  # fmt: skip
    ordering = ("created_at",)
    default_ordering = "-created_at"

    def queryset_for(self, request: Request) -> QuerySet[ReturnLine]:
        """The database shows no other's; nobody's own purchases are here."""
        told = Func(F("pk"), function="commerce_return_told", output_field=ArrayField(TextField()))
        return ReturnLine.objects.filter(vendor_id__in=my_vendors(request)).annotate(told=told)

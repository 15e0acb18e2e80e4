"""price-changes/: many prices at once, looked at before anything changes."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import WRITES_ALL
from commerce.enums import PriceChangeKind, PriceEnding, ProductStatus
from commerce.models import PriceChange, PriceChangeItem
from commerce.services.catalogue.bulk_prices import (
    apply_price_change,
    plan_price_change,
    undo_price_change,
)
from commerce.services.catalogue.price_rule import Rule
from core.api.fields import Input, MoneyField, TextField, WholeNumberField
from core.api.lists import DetailView, ListView
from core.api.rows import Many, Rows, money
from core.api.views import ApiView

ITEMS = Rows(
    columns={
        "variant": "variant_id", "sku": "variant__sku", "before": money("before_minor"),
        "after": money("after_minor"), "state": "state",
    },
    model=PriceChangeItem,
)  # fmt: skip
CHANGES = Rows(
    columns={
        "id": "id", "kind": "kind", "percent_bps": "percent_bps", "amount_minor": "amount_minor",
        "currency": "currency", "ending": "ending", "selection": "selection", "state": "state",
        "total": "total", "done": "done", "kept": "kept", "created_at": "created_at",
        "applied_at": "applied_at", "undone_at": "undone_at",
    },
    expand={"items": Many(ITEMS, PriceChangeItem.objects.all, key="change_id", order=("id",))},
    model=PriceChange,
)  # fmt: skip


class Selection(Input):
    """Which products: named, or by what they have in common."""

    products = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_empty=False, max_length=5_000
    )
    vendor = serializers.UUIDField(required=False)
    category = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=ProductStatus.choices, required=False)
    service = TextField(max_length=60, required=False)


class PriceChangeInput(Input):
    """Either a percentage (in hundredths of a percent) or an amount to add, which may be less than
    nothing."""

    percent_bps = WholeNumberField(min_value=-9_999, max_value=100_000, required=False)
    amount = MoneyField(negative=True, required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False, default="")
    ending = serializers.ChoiceField(choices=PriceEnding.choices, default=PriceEnding.EXACT)
    selection = Selection()

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("percent_bps" in given) == ("amount" in given):
            raise serializers.ValidationError({"percent_bps": ["Give either this or an amount."]})
        return given


class PriceChangesView(ListView):
    """Changes that were planned and made."""

    scopes = {"GET": WRITES_ALL, "POST": WRITES_ALL}
    input = {"POST": PriceChangeInput}
    rows = CHANGES
    filters = {"state": "state", "created_at": "created_at"}
    ordering_sources = {"created_at": "pk"}

    def queryset_for(self, request: Request) -> QuerySet[PriceChange]:
        """All."""
        return PriceChange.objects.all()

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan one: what would become of each price stands in its items. Nothing changes yet."""
        given = self.valid()
        amount = given.get("amount")
        rule = Rule(
            kind=PriceChangeKind.AMOUNT if amount else PriceChangeKind.PERCENT,
            percent_bps=given.get("percent_bps", 0),
            amount_minor=amount.minor if amount else 0,
            ending=PriceEnding(given["ending"]),
        )
        change = plan_price_change(
            rule=rule,
            selection=_plain(given["selection"]),
            currency=amount.currency if amount else given["currency"],
        )
        return Response(_shown(change), status=status.HTTP_201_CREATED)


class PriceChangeView(DetailView):
    """One change; `expand=items` shows the first hundred prices."""

    scopes = {"GET": WRITES_ALL}
    rows = CHANGES

    def queryset_for(self, request: Request) -> QuerySet[PriceChange]:
        """All."""
        return PriceChange.objects.all()


class ApplyView(ApiView):
    """Make a planned change."""

    scopes = {"POST": WRITES_ALL}
    input = {"POST": Input}
    output = (status.HTTP_202_ACCEPTED, CHANGES)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """It begins; `done` tells how far it is."""
        self.valid()
        change = apply_price_change(change_id=kwargs["id"])
        return Response(_shown(change), status=status.HTTP_202_ACCEPTED)


class UndoView(ApiView):
    """Take a change back."""

    scopes = {"POST": WRITES_ALL}
    input = {"POST": Input}
    output = (status.HTTP_202_ACCEPTED, CHANGES)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Prices that were changed again since are kept and counted."""
        self.valid()
        change = undo_price_change(change_id=kwargs["id"])
        return Response(_shown(change), status=status.HTTP_202_ACCEPTED)


def _shown(change: PriceChange) -> dict[str, Any]:
    return CHANGES.one(PriceChange.objects.filter(pk=change.pk), expand=["items"])


def _plain(selection: dict[str, Any]) -> dict[str, Any]:
    """Ids as text, for JSON."""
    made = {name: str(value) for name, value in selection.items() if name != "products"}
    if "products" in selection:
        made["products"] = [str(key) for key in selection["products"]]  # type: ignore[assignment]
    return made

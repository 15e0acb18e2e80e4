"""What the books say."""

from datetime import datetime

from django.utils.dateparse import parse_datetime
from rest_framework.request import Request

from core.api import ApiView, Response
from core.api.schema.shapes import MONEY
from core.errors import Invalid, PermissionRefused
from core.identity import Role, current_identity
from payments.services.books.balances import balances

BALANCES_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["account", "name", "kind", "balance"],
        "properties": {
            "account": {"type": "string", "examples": ["gateway:stripe"]},
            "name": {"type": "string"},
            "kind": {"enum": ["asset", "liability", "income", "expense"]},
            "balance": MONEY,
        },
    },
}


class BalancesView(ApiView):
    """Each account in each currency; debit positive, credit negative. They sum to nothing.

    Vendors and referrers see their own accounts, and no others: what we owe them is negative.

    `?at=2026-11-20T12:00:00Z`: as they were then.
    """

    scopes = {"GET": "ledger:read"}
    output = BALANCES_SCHEMA

    def get(self, request: Request) -> Response:
        """All that row-level security lets through; the past is for those who keep the books."""
        at = _moment(request.query_params.get("at"))
        if at is not None and current_identity().role is Role.SHOPPER:
            raise PermissionRefused("Balances of a past time are for those who keep the books.")
        shown = [
            {"account": one.code, "name": one.name, "kind": one.kind, "balance": one.amount}
            for one in balances(at=at)
        ]
        return Response(shown)


def _moment(text: str | None) -> datetime | None:
    """A time with its zone. Raises Invalid."""
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid("Which time?", details={"at": ["A time such as 2026-11-20T12:00:00Z."]})
    return found

"""What the books say."""

from rest_framework.request import Request

from core.api import ApiView, Response
from core.api.schema.shapes import MONEY
from payments.services.balances import balances

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
    """

    scopes = {"GET": "ledger:read"}
    output = BALANCES_SCHEMA

    def get(self, request: Request) -> Response:
        """All that row-level security lets through."""
        shown = [
            {"account": one.code, "name": one.name, "kind": one.kind, "balance": one.amount}
            for one in balances()
        ]
        return Response(shown)

"""Who looks after a customer."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from core.api import ApiView, ListView, Response
from core.errors import NotFound
from core.identity.context import STAFF_ROLES, Role
from crm.api.inputs import NewAssignment
from crm.api.rows import ASSIGNMENTS
from crm.models import Assignment, Customer
from crm.services.assignments import assign_agent, unassign_agent

DECIDERS = {Role.ADMIN, Role.MANAGER}
REMOVED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["removed"],
    "additionalProperties": False,
    "properties": {
        "removed": {"type": "boolean", "description": "False when there was nothing to take away"}
    },
}


class Assignments(ListView):
    """The agents of one customer. An agent sees only that they are one of them."""

    scopes = {"GET": "customers:read", "POST": "customers:write"}
    roles = {"GET": STAFF_ROLES, "POST": DECIDERS}
    rows = ASSIGNMENTS
    filters = {"user": "user_id"}
    input = NewAssignment

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who they are. A customer the caller cannot see is not there."""
        if not Customer.objects.filter(pk=kwargs["id"]).exists():
            raise NotFound("There is no such customer, or it is not yours to see.")
        return super().get(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[Assignment]:
        """Those of the customer in the path."""
        return Assignment.objects.filter(customer_id=self.kwargs["id"])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Assign an agent; twice changes nothing."""
        made = assign_agent(customer_id=self.kwargs["id"], user_id=self.valid()["user"])
        return Response(self.one(Assignment.objects.filter(pk=made.pk)), status=201)


class AssignmentOfAgent(ApiView):
    """One agent's assignment to one customer."""

    scopes = {"DELETE": "customers:write"}
    roles = DECIDERS
    output = (200, REMOVED_SCHEMA)

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take the customer from the agent."""
        removed = unassign_agent(customer_id=kwargs["id"], user_id=kwargs["user_id"])
        return Response({"removed": removed})

"""The contact form's door."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request

from core.api import ApiView, Input, Response, TextField
from core.requests.client import client_address
from crm import limits
from crm.services.contact import take_message

KEPT: dict[str, Any] = {
    "type": "object",
    "required": ["received"],
    "properties": {"received": {"type": "boolean"}},
}


class ContactInput(Input):
    """A message to the shop. `website` is a trap: people do not see that field."""

    name = TextField(max_length=100)
    email = serializers.EmailField(max_length=254)
    message = TextField(max_length=5000, lines=True)
    website = TextField(max_length=200, required=False, default="", allow_blank=True)


class ContactView(ApiView):
    """Write to the shop."""

    public = {"POST"}
    input = {"POST": ContactInput}
    output = {"POST": (201, KEPT)}

    def post(self, request: Request) -> Response:
        """Kept, whether or not mails can be sent now."""
        limits.CONTACT.spend(client_address(request.META))
        given = self.valid()
        trapped = bool(given.pop("website"))
        take_message(**given, language=get_language() or "en", trapped=trapped)
        return Response({"received": True}, status=201)

"""Doors for devices. Everybody reaches their own."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from core.api import DetailView, ListView, Response
from core.errors import NotFound
from notifications.api.caller import caller_id
from notifications.api.inputs import DeviceInput
from notifications.api.rows import DEVICES
from notifications.models import Device
from notifications.services.devices import forget_device, register_device

SCOPE = "devices:write"


class DevicesView(ListView):
    """One's phones and browsers."""

    scopes = {"GET": SCOPE, "POST": SCOPE}
    rows = DEVICES
    filters = {"platform": "platform", "active": "active"}
    ordering, default_ordering = ("created_at", "last_seen_at"), "-created_at"
    input = DeviceInput
    output = {"POST": (200, DEVICES)}

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own, also for staff who may see all."""
        return Device.objects.filter(user_id=caller_id(request))

    def post(self, request: Request) -> Response:
        """Register, or refresh: the app calls this at each start and when its token changes."""
        given = self.valid()
        kind = given.pop("kind")
        device = register_device(user_id=caller_id(request), token_kind=kind, **given)
        return Response(self.one(Device.objects.filter(pk=device.pk)))


class DeviceView(DetailView):
    """One of one's devices."""

    scopes = {"GET": SCOPE, "DELETE": SCOPE}
    rows = DEVICES

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own."""
        return Device.objects.filter(user_id=caller_id(request))

    def delete(self, request: Request, id: UUID) -> Response:
        """Log out on this device: no more pushes to it."""
        if not forget_device(user_id=caller_id(request), device_id=id):
            raise NotFound("There is no such device of yours.")
        return Response(status=204)

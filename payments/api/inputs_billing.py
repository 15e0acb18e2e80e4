"""What the doors of subscriptions take."""

from typing import Any

from rest_framework import serializers

from core.api import Input, TextField
from core.api.fields import SlugTextField
from payments.addresses import is_ours
from payments.api.gateway_field import GatewayField
from payments.billing_enums import Interval


class _Addresses(Input):
    """Addresses people are sent to afterwards are ours, or a shop front's that we know."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Anything else would send them from our page to a stranger's."""
        for name, value in attrs.items():
            if name.endswith("_url") and value and not is_ours(value):
                raise serializers.ValidationError({name: ["Not an address of this shop."]})
        return attrs


class NewSubscription(_Addresses):
    """Which plan, and how it is to be paid."""

    plan = SlugTextField(max_length=50)
    interval = serializers.ChoiceField(
        choices=Interval.choices, required=False, default=Interval.MONTH.value
    )
    currency = TextField(max_length=3, required=False, default="")
    gateway = GatewayField(required=False, default="")
    success_url = TextField(max_length=500, required=False, default="")
    cancel_url = TextField(max_length=500, required=False, default="")


class SubscriptionChange(Input):
    """One step: another plan, an end, or the end taken back."""

    action = serializers.ChoiceField(choices=["change", "cancel", "resume"])
    plan = SlugTextField(max_length=50, required=False)
    interval = serializers.ChoiceField(choices=Interval.choices, required=False)
    at = serializers.ChoiceField(choices=["period_end", "now"], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each action takes its own words and no others."""
        takes = {"change": {"plan", "interval"}, "cancel": {"at"}, "resume": set[str]()}
        foreign = set(attrs) - takes[attrs["action"]] - {"action"}
        if foreign:
            told = {name: [f"Not part of {attrs['action']!r}."] for name in sorted(foreign)}
            raise serializers.ValidationError(told)
        if attrs["action"] == "change" and "plan" not in attrs:
            raise serializers.ValidationError({"plan": ["Which plan?"]})
        return attrs


class PortalVisit(_Addresses):
    """Where the gateway's page leads back to."""

    return_url = TextField(max_length=500)

"""Which gateway a buyer pays through."""

from typing import Any

from rest_framework import serializers

from core.errors import Invalid
from payments.enums import GatewayName
from payments.gateways.registry import must_be_configured


class GatewayField(serializers.ChoiceField):
    """One of the gateways whose keys are set; refused before anything is written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=GatewayName.choices, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Its name."""
        name = str(super().to_internal_value(data))
        try:
            if name:
                must_be_configured(name)
        except Invalid as refusal:
            raise serializers.ValidationError(refusal.message) from None
        return name

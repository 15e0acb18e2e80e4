"""Which gateway a buyer pays through."""

from typing import Any

from rest_framework import serializers

from payments.enums import GatewayName
from payments.gateways.registry import is_configured


class GatewayField(serializers.ChoiceField):
    """One of the gateways whose keys are set; refused before anything is written."""

    default_error_messages = {"not_set_up": "{name} is not set up here. Choose one of: {usable}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=GatewayName.choices, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Its name."""
        name = str(super().to_internal_value(data))
        if name and not is_configured(name):
            usable = [other for other in GatewayName.values if is_configured(other)]
            self.fail(
                "not_set_up", name=GatewayName(name).label, usable=", ".join(usable) or "none yet"
            )
        return name

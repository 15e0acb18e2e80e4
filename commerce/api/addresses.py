"""Addresses at the API's door."""

from typing import Any

from rest_framework import serializers

from commerce.addresses import LONGEST, REQUIRED, Address, problem_with
from core.api.fields import Input, TextField


class AddressInput(Input):
    """A postal address; `country` is two capital letters (ISO 3166)."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One text a part, required as in commerce/addresses.py."""
        return {
            part: TextField(
                max_length=longest,
                required=part in REQUIRED,
                allow_blank=part not in REQUIRED,
                **({} if part in REQUIRED else {"default": ""}),
            )
            for part, longest in LONGEST.items()
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What single fields cannot say: real countries, no line breaks."""
        wrong = {part: [why] for part in attrs if (why := problem_with(part, attrs[part]))}
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs

    @staticmethod
    def address(given: dict[str, str] | None) -> Address | None:
        """The checked parts as an address."""
        return Address(**given) if given else None

"""Addresses at the API's door."""

from typing import Any

from rest_framework import serializers

from commerce.addresses import LONGEST, REQUIRED, problem_with
from core.api.fields import Input, TextField


class AddressInput(Input):
    """A postal address; `country` is two capital letters (ISO 3166)."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One text a part, required as in commerce/addresses.py."""
        return {
            part: TextField(max_length=longest)
            if part in REQUIRED
            else TextField(max_length=longest, allow_blank=True, default="")
            for part, longest in LONGEST.items()
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What single fields cannot say: real countries, no line breaks."""
        wrong = {part: [why] for part in attrs if (why := problem_with(part, attrs[part]))}
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs

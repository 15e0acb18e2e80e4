"""What the pages about choices need of their words."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def named(words: Mapping[str, Any], name: str) -> Any:
    """The value under a name that is itself a variable; the name where there is none."""
    return words.get(str(name), name)


@register.filter
def with_zone(words: str, zone: str) -> str:
    """A sentence with the time zone in it."""
    return words.format(zone=zone.replace("_", " "))

"""Spans of time as a person would say them."""

from datetime import timedelta

from django.utils.translation import gettext as _

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def spoken(span: timedelta | None) -> str:
    """ "2 d 3 h", "4 min", "12 s": the two largest units; "never" for none."""
    if span is None:
        return _("never")
    left = int(span.total_seconds())
    if left <= 0:
        return _("a moment")
    parts = []
    for unit, seconds in UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])

"""Which API call a request is."""

from __future__ import annotations

import re

from rehearsal.stripe import resources, resources_billing
from rehearsal.stripe.calls import Route
from rehearsal.stripe.errors import StripeRefusal

_ROUTES = [*resources.ROUTES, *resources_billing.ROUTES]
_PATTERNS = [(route, re.compile(route.path.replace("{id}", r"(?P<id>[^/]+)"))) for route in _ROUTES]


def find_route(method: str, path: str) -> tuple[Route, str]:
    """(route, object id or "") for a request; refuses unknown URLs."""
    for route, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groupdict().get("id", "")
    raise StripeRefusal(
        f"Unrecognized request URL ({method}: {path}). The rehearsal answers the calls listed in "
        "its README only.",
        status=404,
    )

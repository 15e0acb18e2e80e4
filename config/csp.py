"""Content security policy with one exception: the admin's widgets need a little more.

The admin's interface library evaluates expressions (Alpine.js) and sets styles inline. That is
allowed under /admin/ only, behind a login, and nowhere else.
"""

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

ADMIN_EXTRAS = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}


class FloorwiseCSPMiddleware(CSPMiddleware):
    """The strict policy everywhere, ADMIN_EXTRAS under /admin/."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """The policy of this answer."""
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.replace = {**(parts.replace or {}), **ADMIN_EXTRAS}
        return parts

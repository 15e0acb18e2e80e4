"""Where the OpenAPI document and its pages are served."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


@lru_cache(maxsize=4)
def document(urlconf: str) -> dict[str, Any]:
    """The OpenAPI document of a URL configuration, made once per process."""
    made: dict[str, Any] = SchemaGenerator(urlconf=urlconf).get_schema(request=None, public=True)
    return made


class DocumentView(SpectacularAPIView):
    """The document itself: JSON, or YAML when asked for."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer]
    authentication_classes = []
    permission_classes = []

    def _get_schema_response(self, request: Request) -> Response:
        urlconf = getattr(request, "urlconf", None) or settings.ROOT_URLCONF
        return Response(document(urlconf))


class PagesView(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files; its script is a file of its own, as the CSP asks."""

    authentication_classes = []
    permission_classes = []
    url_name = "api-schema"

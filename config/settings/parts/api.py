"""The API frame: DRF and drf-spectacular (see core/api)."""

from importlib.util import find_spec

_AUTHENTICATION = [
    "accounts.authentication.AccessTokenAuthentication",
    "accounts.authentication.ApiKeyAuthentication",
    "accounts.authentication.SessionAuthentication",
]
if find_spec("accounts.authentication") is None:  # while that floor is being built
    _AUTHENTICATION = []

REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": _AUTHENTICATION,
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.HasScopes"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parser.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.renderer.EnvelopeRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "core.api.refusals.answer_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.MultiPartRenderer",
    ],
    "COERCE_DECIMAL_TO_STRING": True,
    "NUM_PROXIES": None,
}
SPECTACULAR_SETTINGS: dict[str, object] = {"TITLE": "Tradewind", "VERSION": "1"}

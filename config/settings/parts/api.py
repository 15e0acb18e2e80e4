"""The API frame: DRF and drf-spectacular (see core/api)."""

REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.AccessTokenAuthentication",
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.HasScopes"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parser.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.renderer.EnvelopeRenderer"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.inspect.DoorSchema",
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
SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Tradewind",
    "VERSION": "1",
    "DESCRIPTION": (
        "The back office of a cross-border shop. Every answer has one envelope; money is an exact "
        "decimal string with its currency; lists turn pages by cursor or offset, and take filters "
        "(`field`, `field__gte`, `__lte`, `__in`, `__icontains`, `__isnull`), `ordering`, "
        "`search`, `fields` and `expand`; writes that cost money need an `Idempotency-Key`."
    ),
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ProductStatus": "commerce.enums.ProductStatus",
        "CustomerStatus": "crm.enums.CustomerStatus",
    },
    "SORT_OPERATIONS": True,
    "DISABLE_ERRORS_AND_WARNINGS": True,  # a test tells which doors lack a description
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.envelope.tell_the_envelope",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

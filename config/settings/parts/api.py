"""The API frame: DRF and drf-spectacular (see core/api)."""

REST_FRAMEWORK: dict[str, object] = {}
SPECTACULAR_SETTINGS: dict[str, object] = {"TITLE": "Tradewind", "VERSION": "1"}

"""Logs: one line of JSON per event on standard output, without secrets and personal data."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import env

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
if _LEVEL not in _LEVELS:
    raise ImproperlyConfigured(f"LOG_LEVEL={_LEVEL!r} is none of {', '.join(_LEVELS)}.")

LOGGING: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.lines.json_formatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": _LEVEL},
    "loggers": {
        # Django's own handlers would write a second, unredacted line
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        "django.server": {"handlers": [], "level": "NOTSET", "propagate": True},
        # 4xx are in the access line already; the rest of each 5xx is worth a line of its own
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": True},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
LOGGING_CONFIG = "logging.config.dictConfig"

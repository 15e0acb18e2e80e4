"""Settings of the plain DRF baseline: the house's, without its frame."""

from config.settings.base import *  # noqa: F403

ROOT_URLCONF = "benchmarks.plain"
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth does not start without it
]
REST_FRAMEWORK: dict[str, object] = {}

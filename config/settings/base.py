"""Every setting, read once from the environment. Unsafe values stop the start and are named.

With no DATABASE_URL and no REDIS_URL `manage.py` fills both in from the embedded servers before
these lines run (core/embedded), so this file knows one kind of machine only.
"""

import sys
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.settings import env
from config.settings.parts.files import FOLDER, UPLOADS

ROOT = env.ROOT
DATA_DIR = Path(env.text("DATA_DIR", ".data")).absolute()

# -- safety --------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")  # former ones, while it is exchanged
FIELD_ENCRYPTION_KEYS = env.items("FIELD_ENCRYPTION_KEYS")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is empty. Give 50 or more random characters, or start with `make run`, "
        "which keeps one in the data folder."
    )
if not FIELD_ENCRYPTION_KEYS:
    raise ImproperlyConfigured(
        "FIELD_ENCRYPTION_KEYS is empty: stored secrets could not be encrypted. "
        "Give a comma list of Fernet keys, newest first."
    )

SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^webhooks/", r"^api/", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CORS_ALLOWED_ORIGINS = env.items("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/.*$"
CORS_EXPOSE_HEADERS = ["X-Request-ID", "Idempotent-Replayed", "Retry-After"]

# -- the house -----------------------------------------------------------------------------------
FLOORS = [
    "ops", "analytics", "commerce", "payments", "crm", "notifications", "accounts", "core",
]  # fmt: skip
INSTALLED_APPS = [
    "core.admin_site.SiteConfig",  # unfold
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sites",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "django_celery_beat",
    *FLOORS,
]
SITE_ID = 1
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
MIDDLEWARE = [
    "core.requests.middleware.RequestIdMiddleware",
    "core.api.doors.ApiErrorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.files.serving.PublicFiles",
    "corsheaders.middleware.CorsMiddleware",
    "config.csp.FloorwiseCSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.identity.middleware.IdentityMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffTwoFactorMiddleware",
    "core.admin.crafted.CraftedRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# -- the store of record -------------------------------------------------------------------------
_DATABASE = env.database("DATABASE_URL")
DATABASES = {
    "default": {
        **_DATABASE,
        "ENGINE": "core.database",
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # transaction pooling cannot hold one
        "OPTIONS": {
            **_DATABASE["OPTIONS"],
            "pool": {
                "min_size": 0,
                "max_size": env.number("DATABASE_POOL_SIZE", 20, at_least=1),
                "max_idle": 30,
                "timeout": 10,
            },
        },
    }
}
# Who owns the tables: only `migrate` and the tests' set-up log in with it.
DATABASE_OWNER = env.database("DATABASE_OWNER_URL") if env.text("DATABASE_OWNER_URL") else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- doorbell and cache --------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must be a redis://, rediss:// or unix:// address.")
_SHORT_WAITS = {"socket_timeout": 1.0, "socket_connect_timeout": 0.5}
CACHES = {
    "default": {
        "BACKEND": "core.cache.RedisOrMemoryCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tradewind",
        "OPTIONS": dict(_SHORT_WAITS),
    }
}

CELERY_BROKER_URL = (
    "redis+socket://" + REDIS_URL.removeprefix("unix://")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_RESULT_BACKEND = None  # results are rows, not Redis keys
CELERY_RESULT_EXPIRES = None  # and nothing of Celery's own needs a daily cleanup
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = False  # a task is only a ring of the bell; the rows remember the work
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5.0,
    "socket_connect_timeout": 1.0,
    "socket_keepalive": True,
    "health_check_interval": 5,
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_max": 0.5,
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240

# -- people --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "accounts.hashers.ModestArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/admin/"

# -- languages and time --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
BASE_CURRENCY = env.text("BASE_CURRENCY", "USD")
RATE_JUMP_PERCENT = env.number("RATE_JUMP_PERCENT", 10, at_least=1)
CART_ABANDONED_HOURS = env.number("CART_ABANDONED_HOURS", 4, at_least=1)
CART_PAGE = env.text("CART_PAGE")
CART_KEPT_DAYS = env.number("CART_KEPT_DAYS", 30, at_least=1)
RECEIPT_FONT_DIR = env.text("RECEIPT_FONT_DIR")
# No exchange rate decides who must agree: each currency has its own limit, others have none.
REFUND_TWO_PEOPLE_ABOVE = env.amounts(
    "REFUND_TWO_PEOPLE_ABOVE",
    "500 USD, 500 EUR, 400 GBP, 40000 INR, 750000 NGN, 6000 GHS, 10000 ZAR, 75000 JPY, 150 KWD",
)
# How long an unpaid order holds goods: longer than a gateway's page lives (an hour), with room for
# the news of a payment made in its last minute.
STOCK_HELD_MINUTES = env.number("STOCK_HELD_MINUTES", 120, at_least=90)
STOCK_LOW_AT = env.number("STOCK_LOW_AT", 5)
RETURN_WINDOW_DAYS = env.number("RETURN_WINDOW_DAYS", 30)
STOCK_REFUND_AFTER_HOURS = env.number("STOCK_REFUND_AFTER_HOURS", 72)

# -- files: where uploads go, and how large they may be, stands in parts/files.py --------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "config/static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": UPLOADS,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # files of imports and exports: no address leads there, a view with a signed link hands them out
    "bulk": {
        "BACKEND": UPLOADS["BACKEND"],
        "OPTIONS": UPLOADS["OPTIONS"]
        | {"location": "bulk" if UPLOADS is not FOLDER else str(DATA_DIR / "bulk")},
    },
}
BULK_MAX_MEGABYTES = env.number("BULK_MAX_MEGABYTES", 100, at_least=1)
BULK_MAX_ROWS = env.number("BULK_MAX_ROWS", 1_000_000, at_least=1)
BULK_KEEP_DAYS = env.number("BULK_KEEP_DAYS", 7, at_least=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# -- outside services: read by the floor that talks to each of them ------------------------------
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRETS = env.items("STRIPE_WEBHOOK_SECRET")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "https://api.stripe.com").rstrip("/")
STRIPE_ACCOUNT = env.text("STRIPE_ACCOUNT")
RAZORPAY_KEY_ID = env.text("RAZORPAY_KEY_ID")
RAZORPAY_KEY_SECRET = env.text("RAZORPAY_KEY_SECRET")
RAZORPAY_WEBHOOK_SECRETS = env.items("RAZORPAY_WEBHOOK_SECRET")
RAZORPAY_ACCOUNT = env.text("RAZORPAY_ACCOUNT")
RAZORPAY_API_BASE = env.text("RAZORPAY_API_BASE", "https://api.razorpay.com").rstrip("/")
# Paystack signs its webhooks with the API key itself: the first is used, all are believed.
PAYSTACK_SECRET_KEYS = env.items("PAYSTACK_SECRET_KEY")
PAYSTACK_API_BASE = env.text("PAYSTACK_API_BASE", "https://api.paystack.co").rstrip("/")
FIREBASE_CREDENTIALS = env.text("FIREBASE_CREDENTIALS")
FIREBASE_API_BASE = env.text("FIREBASE_API_BASE", "https://fcm.googleapis.com").rstrip("/")
ECB_RATES_BASE = env.text("ECB_RATES_BASE", "https://www.ecb.europa.eu").rstrip("/")
EMAIL_URL = env.text("EMAIL_URL", "smtp://127.0.0.1:1025")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Tradewind <shop@example.com>")
UNSUBSCRIBE_MAILTO = env.text("UNSUBSCRIBE_MAILTO")
ADMIN_EMAIL = env.text("ADMIN_EMAIL", "admin@example.com")
LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
OUTBOUND_ALLOW_PRIVATE = env.items("OUTBOUND_ALLOW_PRIVATE")

if "runserver" in sys.argv and not DEBUG:
    raise ImproperlyConfigured("Use `make run`, or set DEBUG=true for Django's own server.")

from config.settings.parts import *  # noqa: E402, F403  - one file per library, see there

"""Where mail goes out: SMTP by EMAIL_URL, or a provider's API by EMAIL_BACKEND_ESP."""

from importlib.util import find_spec

import environ
from django.core.exceptions import ImproperlyConfigured

from config.settings import env

EMAIL_TIMEOUT = 10  # seconds for one step; a whole mail: notifications/channels/email/smtp.py

_MAIL = environ.Env.email_url_config(env.text("EMAIL_URL", "smtp://127.0.0.1:1025"))
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "notifications.channels.email.smtp.WatchedBackend"
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)

# Providers: the word in EMAIL_BACKEND_ESP, and the settings of django-anymail that must be given.
_PROVIDERS = {
    "amazon_ses": [],
    "brevo": ["BREVO_API_KEY"],
    "mailgun": ["MAILGUN_API_KEY"],
    "mailjet": ["MAILJET_API_KEY", "MAILJET_SECRET_KEY"],
    "postmark": ["POSTMARK_SERVER_TOKEN"],
    "resend": ["RESEND_API_KEY"],
    "sendgrid": ["SENDGRID_API_KEY"],
}
_PROVIDER = env.text("EMAIL_BACKEND_ESP")
ANYMAIL: dict[str, object] = {"REQUESTS_TIMEOUT": (2, 10)}  # seconds: connect, read
if _PROVIDER:
    if _PROVIDER not in _PROVIDERS:
        raise ImproperlyConfigured(
            f"EMAIL_BACKEND_ESP={_PROVIDER!r} is none of {', '.join(_PROVIDERS)}."
        )
    if _PROVIDER == "amazon_ses" and find_spec("boto3") is None:
        raise ImproperlyConfigured("EMAIL_BACKEND_ESP=amazon_ses needs `pip install boto3`.")
    for _key in _PROVIDERS[_PROVIDER]:
        if not env.text(_key):
            raise ImproperlyConfigured(f"EMAIL_BACKEND_ESP={_PROVIDER} needs {_key}.")
        ANYMAIL[_key] = env.text(_key)
    EMAIL_BACKEND = f"anymail.backends.{_PROVIDER}.EmailBackend"
    if _PROVIDER == "resend":
        EMAIL_BACKEND = "notifications.channels.email.resend.EmailBackend"

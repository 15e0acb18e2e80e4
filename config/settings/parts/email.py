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

# What the provider lets out: bulk mail is held back, what people wait for goes first. 0: no limit.
EMAIL_PER_MINUTE = env.number("EMAIL_PER_MINUTE", 0)

# How long it can be looked up what people were told; charts keep their figures,
# which are counted anew for four weeks (notifications/services/day_figures.py): hence 30 at least.
NOTIFICATIONS_KEPT_DAYS = env.number("NOTIFICATIONS_KEPT_DAYS", 400, at_least=30)

# Providers: the word in EMAIL_BACKEND_ESP, and the settings of django-anymail that must be given.
_PROVIDERS = {
    "amazon_ses": [],
    "brevo": ["BREVO_API_KEY"],
    "mailersend": ["MAILERSEND_API_TOKEN"],
    "mailgun": ["MAILGUN_API_KEY"],
    "mailjet": ["MAILJET_API_KEY", "MAILJET_SECRET_KEY"],
    "mailtrap": ["MAILTRAP_API_TOKEN"],
    "mandrill": ["MANDRILL_API_KEY"],
    "postal": ["POSTAL_API_URL", "POSTAL_API_KEY"],
    "postmark": ["POSTMARK_SERVER_TOKEN"],
    "resend": ["RESEND_API_KEY"],
    "scaleway": ["SCALEWAY_SECRET_KEY", "SCALEWAY_PROJECT_ID"],
    "sendgrid": ["SENDGRID_API_KEY"],
    "sparkpost": ["SPARKPOST_API_KEY"],
    "unisender_go": ["UNISENDER_GO_API_URL", "UNISENDER_GO_API_KEY"],
}
# ... and those that may be: where its API is, and what its webhooks are signed with.
_OPTIONAL = {
    "mailersend": ["MAILERSEND_SIGNING_SECRET"],
    "mailgun": ["MAILGUN_API_URL", "MAILGUN_SENDER_DOMAIN", "MAILGUN_WEBHOOK_SIGNING_KEY"],
    "mailtrap": ["MAILTRAP_SIGNING_SECRET"],
    "mandrill": ["MANDRILL_WEBHOOK_KEY", "MANDRILL_WEBHOOK_URL"],
    "postal": ["POSTAL_WEBHOOK_KEY"],
    "resend": ["RESEND_API_URL"],
    "sendgrid": ["SENDGRID_API_URL", "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY"],
    "sparkpost": ["SPARKPOST_API_URL"],
}
EMAIL_PROVIDER = env.text("EMAIL_BACKEND_ESP")
RESEND_SIGNING_SECRETS = env.items("RESEND_SIGNING_SECRET")
ANYMAIL: dict[str, object] = {
    "REQUESTS_TIMEOUT": (2, 10),  # seconds: connect, read
    # "user:password" of the webhook's address, for providers that sign nothing
    "WEBHOOK_SECRET": env.items("EMAIL_WEBHOOK_SECRET"),
}
if EMAIL_PROVIDER:
    if EMAIL_PROVIDER not in _PROVIDERS:
        raise ImproperlyConfigured(
            f"EMAIL_BACKEND_ESP={EMAIL_PROVIDER!r} is none of {', '.join(_PROVIDERS)}."
        )
    if EMAIL_PROVIDER == "amazon_ses" and find_spec("boto3") is None:
        raise ImproperlyConfigured("EMAIL_BACKEND_ESP=amazon_ses needs `pip install boto3`.")
    for _key in _PROVIDERS[EMAIL_PROVIDER]:
        if not env.text(_key):
            raise ImproperlyConfigured(f"EMAIL_BACKEND_ESP={EMAIL_PROVIDER} needs {_key}.")
        ANYMAIL[_key] = env.text(_key)
    ANYMAIL |= {
        _key: env.text(_key) for _key in _OPTIONAL.get(EMAIL_PROVIDER, []) if env.text(_key)
    }
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
    if EMAIL_PROVIDER == "resend":
        EMAIL_BACKEND = "notifications.channels.email.resend.EmailBackend"

"""Whose mails these are: name, logo, colour and postal address at the head and foot of each."""

import re
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured

from config.settings import env

BRAND_NAME = env.text("BRAND_NAME") or parseaddr(env.text("DEFAULT_FROM_EMAIL"))[0] or "Tradewind"
BRAND_LOGO_URL = env.text("BRAND_LOGO_URL")
BRAND_COLOR = env.text("BRAND_COLOR", "#0f766e").lower()
BRAND_ADDRESS = env.text("BRAND_ADDRESS")

if not re.fullmatch(r"#[0-9a-f]{6}", BRAND_COLOR):
    raise ImproperlyConfigured(f"BRAND_COLOR={BRAND_COLOR!r} is no colour such as #0f766e.")
if BRAND_LOGO_URL and not BRAND_LOGO_URL.startswith("https://"):
    raise ImproperlyConfigured(
        f"BRAND_LOGO_URL={BRAND_LOGO_URL!r} must begin with https://: mail programs load no other."
    )

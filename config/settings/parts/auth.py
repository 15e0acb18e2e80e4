"""Sign-up, login and two-factor: what allauth and Django are told (see accounts/README.md)."""

from config.settings import env

AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
PASSWORD_RESET_TIMEOUT = 3600  # seconds; the link is worth as much as the password

# Pages under /accounts/: staff log in here, also for the admin. Shoppers sign up by the API.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # our own: accounts/services/registration.py
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  - a path
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers get no mail
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False  # would pass two-factor by
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the session at hand stays, all others end
ACCOUNT_EMAIL_NOTIFICATIONS = True  # "two-factor was switched off": told through notifications
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds a password counts as just given
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser
ACCOUNT_RATE_LIMITS = {"login": None}  # counted by accounts/limits.py, for pages and API alike

MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tradewind"
MFA_TOTP_TOLERANCE = 1  # one period (30 s) either way: phones' clocks are off
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers allow WebAuthn over plain HTTP on localhost only; production is HTTPS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.text("BASE_URL", "http://").startswith("http://")
MFA_WEBAUTHN_USER_VERIFICATION = "required"

# Staff without a second factor are led to set one up before the admin opens.
STAFF_TWO_FACTOR_REQUIRED = env.flag("STAFF_TWO_FACTOR_REQUIRED", default=False)

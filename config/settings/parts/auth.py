"""Sign-up, login and two-factor: allauth and dj-rest-auth (see accounts)."""

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None

REST_AUTH = {"TOKEN_MODEL": None, "USE_JWT": False, "SESSION_LOGIN": True}

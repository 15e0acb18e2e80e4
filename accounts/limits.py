"""How often the doors of this floor may be tried."""

from core.limits import Limit

# per address and caller; given back after a right password, so only guessing is counted
LOGIN = Limit("login", "5/minute")
# wrong passwords of one caller, whatever accounts they were tried on
WRONG_PASSWORDS = Limit("login-wrong", "60/minute")
# wrong two-factor codes of one user, from wherever
CODES = Limit("second-factor", "5/5minutes")
SIGN_UP = Limit("sign-up", "30/minute")
# mails that anybody can have sent to an address
MAIL_TO = Limit("account-mail", "5/hour")
MAIL_FROM = Limit("account-mail-caller", "30/minute")
KEYS = Limit("link-keys", "60/minute")

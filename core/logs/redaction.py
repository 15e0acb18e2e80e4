"""What must not be read in logs, audit details or error reports: secrets and people.

Two nets: names of things ("password", "email") hide their whole value; patterns (an e-mail
address, a card number, a bearer token) are cut out of any text, also out of exceptions.
"""

import re
from collections.abc import Mapping
from typing import Any

SECRET = "[secret]"  # noqa: S105 - what is shown instead
PERSONAL = "[personal]"
DEPTH = 8  # deeper structures are not worth reading in a log line

SECRET_PARTS = (
    "password", "passwd", "secret", "token", "authorization", "cookie", "apikey", "api_key",
    "credential", "signature", "private_key", "csrf", "otp_", "recovery_code", "session_key",
)  # fmt: skip
SECRET_NAMES = frozenset({"otp", "key", "access", "refresh", "cvc", "cvv", "pin", "jwt"})
PERSONAL_NAMES = frozenset({
    "email", "e_mail", "mail", "recipient", "to_email", "from_email", "phone", "mobile",
    "full_name", "first_name", "last_name", "customer_name", "name", "address",
    "shipping_address", "billing_address", "line1", "line2", "street", "city", "postal_code",
    "postcode", "zip", "iban", "card", "card_number", "account_number", "date_of_birth",
    "birthday", "ip", "ip_address", "user_agent", "message_body", "note", "notes",
})  # fmt: skip

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_BEARER = re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.?[A-Za-z0-9_-]*")
_KEY = re.compile(r"\b(?:tw_|sk_|rk_|pk_|whsec_|rzp_|ghp_|xox[bap]-)[A-Za-z0-9_-]{8,}")
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):([^\s/@]+)@")
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_PHONE = re.compile(r"(?<![\w+])\+\d[\d ().-]{6,18}\d")
_PATH_TOKEN = re.compile(
    r"(?<=/)(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{22,}(?=[/\s?]|$)"
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PAIR = re.compile(
    r"""(?i)(["']?(?:password|secret|token|api_?key|authorization)["']?\s*[=:]\s*)["']?[^\s"',;&}]+"""
)
# what PostgreSQL adds to an error: whole rows and their values
_ROW = re.compile(r"(?im)^\s*(?:DETAIL|CONTEXT|HINT|PARAMETERS?):.*$")
_KEY_VALUE = re.compile(r"(Key \([^)]*\)=)\(.*?\)(?= )")


def redact(value: Any, *, name: str = "", depth: int = 0) -> Any:
    """`value` without secrets and personal data; the shape stays, unknown objects become text."""
    hidden = _by_name(name) if name else None
    if hidden and value not in (None, "", True, False):
        return hidden
    if isinstance(value, str):
        return redact_text(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= DEPTH:
        return "[deep]"
    if isinstance(value, Mapping):
        return {
            str(key): redact(item, name=str(key), depth=depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth=depth + 1) for item in value]
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    return redact_text(str(value))


def redact_text(text: str) -> str:
    """Patterns cut out of a text. Cheap for texts that hold none of their marks."""
    if "@" in text:
        text = _EMAIL.sub("[email]", _URL_PASSWORD.sub(r"\1:[secret]@", text))
    if "eyJ" in text:
        text = _JWT.sub(SECRET, text)
    if "_" in text or "-" in text:
        text = _KEY.sub(SECRET, text)
    if " " in text:
        text = _BEARER.sub(rf"\1 {SECRET}", text)
    if "=" in text or ":" in text:
        text = _PAIR.sub(rf"\1{SECRET}", text)
    if "\n" in text or "DETAIL" in text:
        text = _KEY_VALUE.sub(r"\1(...)", _ROW.sub("", text))
    if "/" in text:
        text = _PATH_TOKEN.sub(_path_token, text)
    if any(digit in text for digit in "0123456789"):
        text = _CARD.sub(_card, _IBAN.sub("[iban]", _PHONE.sub("[phone]", text)))
    return text


def _by_name(name: str) -> str | None:
    """What to show instead of a value of this name, if it must not be shown."""
    folded = name.lower().replace("-", "_")
    if folded in SECRET_NAMES or any(part in folded for part in SECRET_PARTS):
        return SECRET
    return PERSONAL if folded in PERSONAL_NAMES else None


def _card(found: re.Match[str]) -> str:
    """Only numbers that pass the check digit are cards; ids and amounts stay readable."""
    digits = [int(char) for char in found[0] if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return "[card]" if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]


def _path_token(found: re.Match[str]) -> str:
    return found[0] if _UUID.fullmatch(found[0]) else "[token]"

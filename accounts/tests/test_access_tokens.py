"""Access tokens: only our own, unchanged and unexpired ones are read."""

import base64
import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from accounts import access_tokens
from accounts.access_tokens import TokenRefused, issue, read
from accounts.keys import ACCESS_TOKENS, API_KEYS, derived_keys, key_id
from core.ids import new_id

USER, FAMILY = new_id(), new_id()


def good() -> str:
    return issue(user_id=USER, family_id=FAMILY, epoch=3, role="shopper")[0]


def forged(
    *, key: bytes | None = None, headers: dict[str, Any] | None = None, algorithm: str = "HS256",
    drop: str = "", **claims: Any,
) -> str:  # fmt: skip
    """A token like ours but for what is named."""
    now = datetime.now(UTC)
    body = {
        "iss": settings.BASE_URL, "aud": access_tokens.AUDIENCE, "sub": str(USER),
        "sid": str(FAMILY), "jti": "j", "iat": now, "exp": now + timedelta(minutes=5),
        "epoch": 3, "role": "shopper",
    } | claims  # fmt: skip
    body.pop(drop, None)
    ours = derived_keys(ACCESS_TOKENS)[0]
    head = {"typ": access_tokens.TYPE, "kid": key_id(ours)} | (headers or {})
    head = {name: value for name, value in head.items() if value is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a forger does not mind a short key
        return jwt.encode(body, key or ours, algorithm=algorithm, headers=head)


def unsigned(algorithm: str) -> str:
    """The classic: a header that says nobody needs to sign."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = jwt.decode(good(), options={"verify_signature": False})
    kid = key_id(derived_keys(ACCESS_TOKENS)[0])
    return f"{part({'alg': algorithm, 'typ': access_tokens.TYPE, 'kid': kid})}.{part(claims)}."


def test_what_was_issued_is_read_back() -> None:
    claims = read(good())
    assert (claims.user_id, claims.family_id, claims.epoch) == (USER, FAMILY, 3)


FORGERIES: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned("none"),
    "alg None in capitals": lambda: unsigned("NONE"),
    "other algorithm, same key": lambda: forged(algorithm="HS384"),
    "signed with SECRET_KEY itself": lambda: forged(key=settings.SECRET_KEY.encode()),
    "signed with the key of another purpose": lambda: forged(key=derived_keys(API_KEYS)[0]),
    "unknown kid": lambda: forged(headers={"kid": "000000000000"}),
    "no kid": lambda: forged(headers={"kid": None}),
    "a kid that is a path": lambda: forged(headers={"kid": "../../dev/null"}),
    "another type of token": lambda: forged(headers={"typ": "JWT"}),
    "another audience": lambda: forged(aud="somebody-else"),
    "another issuer": lambda: forged(iss="https://evil.example"),
    "expired": lambda: forged(exp=datetime.now(UTC) - timedelta(minutes=1)),
    "issued in the future": lambda: forged(iat=datetime.now(UTC) + timedelta(minutes=5)),
    "epoch true": lambda: forged(epoch=True),
    "epoch text": lambda: forged(epoch="3"),
    "sid no uuid": lambda: forged(sid="me"),
    "sub a number": lambda: forged(sub=1),
    "role a list": lambda: forged(role=["admin"]),
    "exp a text": lambda: forged(exp="never"),
    **{
        f"without {claim}": lambda claim=claim: forged(drop=claim) for claim in access_tokens.CLAIMS
    },
    "empty": lambda: "",
    "one part": lambda: "abc",
    "longer than any of ours": lambda: good() + "A" * 4000,
    "not ASCII": lambda: good() + "ü",
    "a lone surrogate": lambda: good() + "\ud800",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_or_spent_token_is_refused(forgery: Callable[[], str]) -> None:
    with pytest.raises(TokenRefused):
        read(forgery())


def test_control_the_forger_writes_a_good_token_when_nothing_is_changed() -> None:
    assert read(forged()).user_id == USER


def test_every_single_changed_character_spoils_the_token() -> None:
    token = good()
    for position in range(0, len(token), 7):
        other = "A" if token[position] != "A" else "B"
        changed = token[:position] + other + token[position + 1 :]
        with pytest.raises(TokenRefused):
            read(changed)


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    with pytest.raises(TokenRefused):
        read(text)


def test_tokens_outlive_an_exchange_of_the_secret_key(settings: Any) -> None:
    before = good()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-new-one-" + "y" * 50
    assert read(before).user_id == USER
    assert read(good()).user_id == USER
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(TokenRefused):
        read(before)

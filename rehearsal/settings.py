"""What the rehearsal is told at the start: arguments first, then the environment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_WEBHOOK_SECRETS = {
    "stripe": "whsec_rehearsal_not_a_secret",
    "razorpay": "razorpay_webhook_rehearsal_not_a_secret",
    "paystack": "sk_test_rehearsal_not_a_secret",
    "resend": "whsec_cmVoZWFyc2FsLW5vdC1hLXNlY3JldA==",  # Svix: base64 of the key
}
"""Used when none is given, so that both sides agree without any set-up."""

SECRET_VARIABLES = {
    "stripe": "STRIPE_WEBHOOK_SECRET",
    "razorpay": "RAZORPAY_WEBHOOK_SECRET",
    "resend": "RESEND_SIGNING_SECRET",
    "paystack": "PAYSTACK_SECRET_KEY",  # Paystack signs with the API key
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Ports may be 0 (take a free one). `webhook_urls` maps a face to where its news goes."""

    port: int = 8600
    smtp_port: int = 8625
    data: Path = Path(".data/rehearsal")
    webhook_urls: Mapping[str, str] = field(default_factory=dict)
    webhook_secrets: Mapping[str, str] = field(default_factory=dict)
    razorpay_key_secret: str = "razorpay_rehearsal_not_a_secret"
    retry_scale: float = 0.01
    print_firebase_credentials: bool = False

    def secret_of(self, face: str) -> str:
        """The secret that signs a face's webhooks."""
        return self.webhook_secrets.get(face, "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description="Plays gateways, FCM and a mail server on this machine, for trying things out.",
    )
    parser.add_argument("--port", type=int, help="HTTP port (8600; 0 takes a free one)")
    parser.add_argument("--smtp-port", type=int, help="mail port (8625; 0 takes a free one)")
    parser.add_argument("--data", type=Path, help="folder for what it remembers")
    parser.add_argument(
        "--webhook-url",
        action="append",
        default=[],
        metavar="FACE=URL",
        help="where a face sends its webhooks, e.g. stripe=http://127.0.0.1:8000/webhooks/stripe/",
    )
    parser.add_argument("--stripe-webhook-secret", help="signs the Stripe webhooks")
    parser.add_argument(
        "--retry-scale",
        type=float,
        help="how much faster than the real gateway webhooks are tried again (0.01 = 100 times)",
    )
    parser.add_argument(
        "--print-firebase-credentials",
        action="store_true",
        help="print a service account for firebase-admin that points here, and stop",
    )
    return parser


def read_settings(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> Settings:
    """Read arguments and environment; exits with a usage sentence when one is wrong."""
    env = os.environ if environ is None else environ
    parser = _parser()
    given = parser.parse_args(argv)
    default = Settings()
    urls = {
        name.removeprefix("REHEARSAL_WEBHOOK_URL_").lower(): value
        for name, value in env.items()
        if name.startswith("REHEARSAL_WEBHOOK_URL_") and value
    }
    for pair in given.webhook_url:
        face, separator, url = pair.partition("=")
        if not separator or not url.startswith(("http://", "https://")):
            parser.error(f"--webhook-url wants FACE=http://..., not {pair!r}")
        urls[face] = url
    secrets = {
        face: env.get(variable, "").split(",")[0].strip() or DEFAULT_WEBHOOK_SECRETS[face]
        for face, variable in SECRET_VARIABLES.items()
    }
    if given.stripe_webhook_secret:
        secrets["stripe"] = given.stripe_webhook_secret
    scale = given.retry_scale
    if scale is None:
        scale = float(env.get("REHEARSAL_RETRY_SCALE", default.retry_scale))

    def number(argument: int | None, variable: str, otherwise: int) -> int:
        return argument if argument is not None else int(env.get(variable) or otherwise)

    return Settings(
        port=number(given.port, "REHEARSAL_PORT", default.port),
        smtp_port=number(given.smtp_port, "REHEARSAL_SMTP_PORT", default.smtp_port),
        data=given.data or Path(env.get("REHEARSAL_DATA") or default.data),
        webhook_urls=urls,
        webhook_secrets=secrets,
        razorpay_key_secret=env.get("RAZORPAY_KEY_SECRET") or default.razorpay_key_secret,
        retry_scale=scale,
        print_firebase_credentials=given.print_firebase_credentials,
    )

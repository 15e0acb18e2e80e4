"""A service account for firebase-admin whose tokens are given out by this server."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT = "tradewind-rehearsal"
EMAIL = f"rehearsal@{PROJECT}.iam.gserviceaccount.com"
KEY_BITS = 2048


@cache
def private_key(data: Path) -> str:
    """The PEM key kept in the data folder, made on first use, readable by its owner only."""
    path = data / "firebase-key.pem"
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        data.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        fresh.replace(path)
    return path.read_text()


def service_account(data: Path, base_url: str) -> dict[str, Any]:
    """The JSON that `firebase_admin.credentials.Certificate` takes."""
    return {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "rehearsal",
        "private_key": private_key(data),
        "client_email": EMAIL,
        "client_id": "100000000000000000000",
        "auth_uri": f"{base_url}/fcm/auth",
        "token_uri": f"{base_url}/fcm/token",
    }

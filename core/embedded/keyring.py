"""Passwords and keys of one embedded installation, made once and kept in `secrets.json`."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields

from core.embedded.errors import EmbeddedError
from core.embedded.folder import DataFolder


@dataclass(frozen=True)
class Keyring:
    """Everything secret. `field_encryption_keys` is a comma list of Fernet keys, newest first."""

    superuser_password: str
    owner_password: str
    app_password: str
    redis_password: str
    secret_key: str
    field_encryption_keys: str

    def __repr__(self) -> str:
        return "Keyring(...)"


def new_encryption_key() -> str:
    """32 random bytes in the form Fernet takes."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode("ascii")


def _new_keyring() -> Keyring:
    return Keyring(
        superuser_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        secret_key=secrets.token_urlsafe(50),
        field_encryption_keys=new_encryption_key(),
    )


def load_keyring(folder: DataFolder) -> Keyring | None:
    """The kept secrets, or None before the first start. Raises EmbeddedError when damaged."""
    try:
        stored = json.loads(folder.secrets.read_text("utf-8"))
        return Keyring(**{field.name: str(stored[field.name]) for field in fields(Keyring)})
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise EmbeddedError(
            f"No permission to read {folder.secrets}: run as the user who owns the data folder, "
            "or name another folder with DATA_DIR."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise EmbeddedError(
            f"{folder.secrets} is damaged. Put back a copy of it; without one the data in "
            f"{folder.root} cannot be opened, and only a new data folder helps."
        ) from error


def load_or_make_keyring(folder: DataFolder) -> Keyring:
    """Call under the life-cycle lock. The file is complete or not there, never half written."""
    keyring = load_keyring(folder)
    if keyring is not None:
        return keyring
    if folder.cluster.exists() and any(folder.cluster.iterdir()):
        raise EmbeddedError(
            f"{folder.secrets} is missing, but {folder.cluster} holds a database whose passwords "
            "it kept. Put the file back, or remove the data folder to begin with an empty one."
        )
    keyring = _new_keyring()
    draft = folder.secrets.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(asdict(keyring), handle, indent=2)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(folder.secrets)
    return keyring

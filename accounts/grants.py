"""What `request.auth` is: by which credentials somebody came in, and how far those reach."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Grant:
    """Genuine credentials. `family_id` names the login (access token), `api_key_id` the key."""

    kind: Literal["token", "key", "session"]
    scopes: frozenset[str]
    family_id: UUID | None = None
    api_key_id: UUID | None = None

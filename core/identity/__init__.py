from core.identity.context import (
    Identity,
    Role,
    acting_as,
    acting_as_anonymous,
    acting_as_system,
    current_identity,
)

__all__ = [
    "Identity",
    "Role",
    "acting_as",
    "acting_as_anonymous",
    "acting_as_system",
    "current_identity",
]

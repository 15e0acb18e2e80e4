from core.personal_data.declaration import (
    Declaration,
    Fate,
    declaration_of,
    declarations,
    declare,
)
from core.personal_data.suspicion import looks_personal, undeclared_fields

__all__ = [
    "Declaration",
    "Fate",
    "declaration_of",
    "declarations",
    "declare",
    "looks_personal",
    "undeclared_fields",
]

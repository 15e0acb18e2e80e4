"""A refusal, as the person with the file reads it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError

from core.bulk.columns import RowRefused
from core.errors import DomainError

REFUSALS = (DomainError, RowRefused, ValidationError, IntegrityError, DataError)


def in_words(refusal: Exception) -> str:
    """One or two sentences, without a traceback and without the row itself."""
    if isinstance(refusal, DomainError):
        reasons = (f"{name}: {reason}" for name, reason in refusal.reasons)
        return " ".join([refusal.message, *reasons])
    if isinstance(refusal, ValidationError):
        if hasattr(refusal, "error_dict"):
            return " ".join(
                f"{name}: {' '.join(texts)}" for name, texts in refusal.message_dict.items()
            )
        return " ".join(refusal.messages)
    if isinstance(refusal, IntegrityError | DataError):
        return f"The database refuses it: {_constraint(refusal)}"
    return str(refusal)


def _constraint(error: Exception) -> str:
    """The constraint's name, which says what it holds; else the first line."""
    cause: Any = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{name}." if name else lines[0][:200]

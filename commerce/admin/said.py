"""What a service refused, as staff read it."""

from core.errors import DomainError


def in_words(refusal: DomainError) -> str:
    """The sentence, and what is wrong with single fields."""
    details = refusal.details or {}
    wrong = [
        f"{name}: {' '.join(why)}"
        for name, why in details.items()
        if isinstance(why, list) and all(isinstance(one, str) for one in why)
    ]
    return " ".join([refusal.message, *wrong])

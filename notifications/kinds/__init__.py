from notifications.kinds.builtin import BUILTIN
from notifications.kinds.kind import ContextError, Kind, Variable
from notifications.kinds.own import own_kind

KINDS: dict[str, Kind] = {kind.key: kind for kind in BUILTIN}


def kind_or_none(key: str) -> Kind | None:
    """The kind that is declared, or made by staff; None for one that is not told any more."""
    return KINDS.get(key) or own_kind(key)


def kind_named(key: str) -> Kind:
    """The same. Raises ContextError with the known names for any other."""
    kind = kind_or_none(key)
    if kind is None:
        raise ContextError(f"No notification kind {key!r}; known: {', '.join(KINDS)}.")
    return kind


def title_of(key: str) -> str:
    """What staff read: the kind's title, or its key when it is no longer declared."""
    kind = kind_or_none(key)
    return kind.title if kind else key


__all__ = [
    "KINDS", "ContextError", "Kind", "Variable", "kind_named", "kind_or_none", "title_of",
]  # fmt: skip

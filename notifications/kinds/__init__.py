from notifications.kinds.builtin import BUILTIN
from notifications.kinds.kind import ContextError, Kind, Variable

KINDS: dict[str, Kind] = {kind.key: kind for kind in BUILTIN}


def kind_named(key: str) -> Kind:
    """The declared kind. Raises ContextError with the known names for any other."""
    try:
        return KINDS[key]
    except KeyError:
        raise ContextError(f"No notification kind {key!r}; known: {', '.join(KINDS)}.") from None


def title_of(key: str) -> str:
    """What staff read: the kind's title, or its key when it is no longer declared."""
    return KINDS[key].title if key in KINDS else key


__all__ = ["KINDS", "ContextError", "Kind", "Variable", "kind_named", "title_of"]

from notifications.kinds.builtin import BUILTIN
from notifications.kinds.kind import ContextError, Kind, Variable

KINDS: dict[str, Kind] = {kind.key: kind for kind in BUILTIN}


def kind_named(key: str) -> Kind:
    """The declared kind. Raises ContextError with the known names for any other."""
    try:
        return KINDS[key]
    except KeyError:
        raise ContextError(f"No notification kind {key!r}; known: {', '.join(KINDS)}.") from None


__all__ = ["KINDS", "ContextError", "Kind", "Variable", "kind_named"]

"""Who may send: filled by each floor's AppConfig.ready()."""

from core.intake.arrival import Verifier

SOURCES: dict[str, Verifier] = {}


def register_source(name: str, verifier: Verifier) -> None:
    """Have /webhooks/<name>/ verified by `verifier`.

    Raises ValueError when another floor already takes that name.
    """
    known = SOURCES.get(name)
    if known is not None and type(known) is not type(verifier):
        raise ValueError(f"Two floors want /webhooks/{name}/.")
    SOURCES[name] = verifier

from core.events.event import Dead, Event, Ignore, Retry
from core.events.publish import publish
from core.events.subscriptions import subscribe

__all__ = ["Dead", "Event", "Ignore", "Retry", "publish", "subscribe"]

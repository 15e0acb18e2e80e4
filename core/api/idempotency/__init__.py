from core.api.idempotency.guard import idempotent

__all__ = ["idempotent"]

from core.logs.redaction import redact

__all__ = ["redact"]

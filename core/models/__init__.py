from core.models.audit import AuditEntry
from core.models.base import BaseModel
from core.models.bulk import BulkJob, BulkMapping, BulkRow
from core.models.event import Delivery, Event, Subscription
from core.models.idempotency import IdempotencyKey
from core.models.refusal import WebhookRefusal
from core.models.saved_view import SavedView
from core.models.schedule import ScheduleRun
from core.models.stored_file import StoredFile

__all__ = [
    "AuditEntry",
    "BaseModel",
    "BulkJob",
    "BulkMapping",
    "BulkRow",
    "Delivery",
    "Event",
    "IdempotencyKey",
    "SavedView",
    "ScheduleRun",
    "StoredFile",
    "Subscription",
    "WebhookRefusal",
]

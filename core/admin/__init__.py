from core.admin.audit import AuditEntryAdmin
from core.admin.beat import PeriodicTaskAdmin
from core.admin.bulk import BulkJobAdmin, BulkMappingAdmin
from core.admin.delivery import DeliveryAdmin
from core.admin.event import EventAdmin
from core.admin.schedule import ScheduleRunAdmin
from core.admin.stored_file import StoredFileAdmin

__all__ = [
    "AuditEntryAdmin", "BulkJobAdmin", "BulkMappingAdmin", "DeliveryAdmin", "EventAdmin",
    "PeriodicTaskAdmin", "ScheduleRunAdmin", "StoredFileAdmin",
]  # fmt: skip

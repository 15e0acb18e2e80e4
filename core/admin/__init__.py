from core.admin.audit import AuditEntryAdmin
from core.admin.beat import PeriodicTaskAdmin
from core.admin.delivery import DeliveryAdmin
from core.admin.event import EventAdmin
from core.admin.schedule import ScheduleRunAdmin

__all__ = [
    "AuditEntryAdmin", "DeliveryAdmin", "EventAdmin", "PeriodicTaskAdmin", "ScheduleRunAdmin",
]  # fmt: skip

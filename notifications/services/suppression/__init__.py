from notifications.services.suppression.check import suppressions_of
from notifications.services.suppression.lift import lift_suppression
from notifications.services.suppression.record import record_suppression

__all__ = ["lift_suppression", "record_suppression", "suppressions_of"]

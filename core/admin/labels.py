"""Colours of state labels, one meaning everywhere in the admin."""

from core.enums import DeliveryState, RunState

DELIVERY_LABELS = {
    DeliveryState.READY: "info",
    DeliveryState.LEASED: "warning",
    DeliveryState.DONE: "success",
    DeliveryState.IGNORED: "default",
    DeliveryState.DEAD: "danger",
}
RUN_LABELS = {RunState.RUNNING: "warning", RunState.DONE: "success", RunState.FAILED: "danger"}

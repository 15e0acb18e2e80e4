"""Colours of state labels, one meaning everywhere in the admin."""

from core.enums import DeliveryState, FileState, RunState, ThumbnailState

DELIVERY_LABELS = {
    DeliveryState.READY: "info",
    DeliveryState.LEASED: "warning",
    DeliveryState.DONE: "success",
    DeliveryState.IGNORED: "default",
    DeliveryState.DEAD: "danger",
}
RUN_LABELS = {RunState.RUNNING: "warning", RunState.DONE: "success", RunState.FAILED: "danger"}
FILE_LABELS = {
    FileState.PENDING: "warning",
    FileState.READY: "info",
    FileState.REJECTED: "danger",
    FileState.ATTACHED: "success",
    FileState.ORPHANED: "default",
}
THUMBNAIL_LABELS = {
    ThumbnailState.NONE: "default",
    ThumbnailState.WAITING: "warning",
    ThumbnailState.READY: "success",
    ThumbnailState.FAILED: "danger",
}

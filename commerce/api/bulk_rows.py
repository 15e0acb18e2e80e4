"""What imports and exports look like in the API."""

from typing import Any

from core.api.rows import Rows, made
from core.models import BulkJob, BulkMapping, BulkRow

HEADINGS_SCHEMA = {
    "type": "array",
    "items": {"type": "string"},
    "description": "The columns of an imported file",
}


def _headings(layout: dict[str, Any]) -> list[str]:
    return list(layout.get("headings", []))


JOBS = Rows(
    columns={
        "id": "id", "kind": "kind", "target": "target", "state": "state", "step": "step",
        "file_name": "file_name", "format": "format",
        "headings": made(_headings, "layout", schema=HEADINGS_SCHEMA),
        "columns": "columns", "options": "options", "done": "done", "total": "total", "new": "new",
        "changed": "changed", "unchanged": "unchanged", "refused": "refused", "error": "error",
        "user": "user_id", "created_at": "created_at", "started_at": "started_at",
        "finished_at": "finished_at",
    },
    model=BulkJob,
)  # fmt: skip
ROWS_OF_FILE = Rows(
    columns={
        "id": "id", "number": "number", "key": "key", "outcome": "outcome", "reason": "reason",
        "changes": "changes", "cells": "cells",
    },
    model=BulkRow,
)  # fmt: skip
MAPPINGS = Rows(
    columns={
        "id": "id", "kind": "kind", "target": "target", "name": "name", "columns": "columns",
        "options": "options", "updated_at": "updated_at",
    },
    model=BulkMapping,
)  # fmt: skip
COLUMN_SCHEMA = {
    "type": "object",
    "required": ["name", "label", "required", "only_out", "help"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "label": {"type": "string"},
        "required": {"type": "boolean"},
        "only_out": {"type": "boolean", "description": "Taken out, never brought in"},
        "help": {"type": "string"},
    },
}
OPTION_SCHEMA = {
    "type": "object",
    "required": ["name", "label", "help", "required"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "label": {"type": "string"},
        "help": {"type": "string"},
        "required": {"type": "boolean"},
    },
}
TARGETS_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["target", "imports", "exports", "columns", "import_options",
                     "export_options"],
        "additionalProperties": False,
        "properties": {
            "target": {"type": "string"},
            "imports": {"type": "boolean"},
            "exports": {"type": "boolean"},
            "columns": {"type": "array", "items": COLUMN_SCHEMA},
            "import_options": {"type": "array", "items": OPTION_SCHEMA},
            "export_options": {"type": "array", "items": OPTION_SCHEMA},
        },
    },
}  # fmt: skip
FILE_SCHEMA = {
    "type": "object",
    "required": ["url", "file_name", "seconds"],
    "additionalProperties": False,
    "properties": {
        "url": {"type": "string", "description": "The file, for whoever has the link"},
        "file_name": {"type": "string"},
        "seconds": {"type": "integer", "description": "How long the link opens it"},
    },
}

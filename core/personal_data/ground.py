"""What is personal on the ground floor."""

from core.personal_data.declaration import Fate, declare

# The trail is append-only: no role may change it. Entries go when their retention ends.
declare(
    "core.AuditEntry",
    user="actor_id",
    fields={"ip": Fate.KEEP, "agent": Fate.KEEP, "details": Fate.KEEP},
)
# Our own news hold ids only (`data`); what strangers sent is kept as it came, for a while.
declare(
    "core.Event",
    user="actor_id",
    fields={"body": Fate.DELETE, "headers": Fate.DELETE, "data": Fate.KEEP},
    not_personal=["subject"],
)
declare("core.Delivery", not_personal=["subject"])
# Answers are stored encrypted and go after 72 hours (core/schedule.py).
declare(
    "core.IdempotencyKey",
    fields={"actor": Fate.DELETE, "response": Fate.DELETE},
    not_personal=["fingerprint"],
)
declare("core.ScheduleRun", not_personal=["result"])
# What a file is called may say who is in it. What it hangs on decides when the whole file goes.
declare(
    "core.StoredFile",
    user="uploaded_by_id",
    fields={"original_name": Fate.EMPTY, "uploaded_by_id": Fate.EMPTY},
)
# What the admin notes about each change: "Changed Mia Müller" by whom. Append-only.
declare(
    "admin.LogEntry",
    user="user_id",
    fields={"object_repr": Fate.KEEP, "change_message": Fate.KEEP},
)
# A file on its way in or out, whole; rows and files go some days after the job (core/bulk/tidy.py).
declare(
    "core.BulkRow",
    fields={
        "cells": Fate.DELETE, "changes": Fate.DELETE, "key": Fate.DELETE, "reason": Fate.DELETE,
    },
)  # fmt: skip
declare(
    "core.BulkJob",
    user="user_id",
    fields={"user_id": Fate.KEEP, "options": Fate.KEEP},
    not_personal=["file_name", "columns", "layout", "log"],
)
declare("core.BulkMapping", not_personal=["name", "columns", "options"])
# A search that was saved may name whom it looked for. It goes with the login it belongs to.
declare(
    "core.SavedView",
    user="user_id",
    fields={"name": Fate.DELETE, "query": Fate.DELETE},
)

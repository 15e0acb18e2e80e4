"""History of scheduled jobs."""

from django.contrib import admin
from unfold.decorators import display

from core.admin.labels import RUN_LABELS
from core.admin.readonly import ReadOnlyAdmin
from core.models import ScheduleRun


@admin.register(ScheduleRun)
class ScheduleRunAdmin(ReadOnlyAdmin):
    """One row per job and due time."""

    list_display = ["job", "due_at", "shown_state", "started_at", "finished_at", "error"]
    list_filter = ["job", "state"]
    ordering = ["-due_at"]

    @display(description="State", ordering="state", label=RUN_LABELS)
    def shown_state(self, run: ScheduleRun) -> tuple[str, str]:
        """A coloured label."""
        return run.state, run.get_state_display()

"""What runs when. The schedule is written in code (core/schedule); beat's tables mirror it."""

from django.contrib import admin
from django.contrib.sites.models import Site
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.decorators import display

from core.admin.readonly import ReadOnlyAdmin

# Their own pages would offer to change what the next start writes anew, in another look.
for _model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
if admin.site.is_registered(Site):
    admin.site.unregister(Site)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ReadOnlyAdmin):
    """Jobs with their rhythm; what became of each run is in the job runs."""

    list_display = ["name", "rhythm", "shown_enabled", "last_run_at", "total_run_count"]
    list_select_related = ["interval", "crontab"]
    ordering = ["name"]
    fields = [
        "name", "task", "rhythm", "shown_enabled", "last_run_at", "total_run_count", "description",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="When")
    def rhythm(self, task: PeriodicTask) -> str:
        """In words."""
        return str(task.interval or task.crontab or "")

    @display(description="On", boolean=True)
    def shown_enabled(self, task: PeriodicTask) -> bool:
        """Switched on."""
        return bool(task.enabled)

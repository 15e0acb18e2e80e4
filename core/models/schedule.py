"""Runs of scheduled jobs."""

from django.db import models
from django.db.models.functions import Now

from core.constraints import choice_is_known
from core.enums import RunState


class ScheduleRun(models.Model):
    """One run of one job at one due time; the unique pair lets any number of beats tick."""

    id = models.BigAutoField(primary_key=True)
    job = models.TextField()
    due_at = models.DateTimeField(help_text="The time it was due (UTC), not when it began")
    state = models.TextField(choices=RunState.choices, default=RunState.RUNNING)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "due_at"], name="core_schedulerun_once"),
            choice_is_known("state", RunState, table="core_schedulerun"),
        ]

    def __str__(self) -> str:
        return f"{self.job} due {self.due_at:%Y-%m-%d %H:%M}"

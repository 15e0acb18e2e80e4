"""How far the weekly reports of one time zone are."""

from uuid import UUID

from django.db import models

from core.models import BaseModel

FIRST = UUID(int=0)


class WeeklyRound(BaseModel):
    """The users of a time zone are gone through once a week, in the order of their ids."""

    week = models.TextField(help_text="2026-W49")
    time_zone = models.CharField(max_length=64)
    seen_up_to = models.UUIDField(default=FIRST)
    written = models.PositiveIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["week", "time_zone"], name="notifications_weekly_round_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.time_zone}"

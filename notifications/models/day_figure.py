"""How telling people went, day by day: what charts read, and what stays when old messages go."""

from django.db import models


class DayFigure(models.Model):
    """Messages of one day (UTC, by when they were written) that stand alike.

    `why` is the reason's beginning without what differs from message to message.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    channel = models.TextField()
    kind = models.TextField()
    state = models.TextField()
    why = models.TextField(blank=True)
    number = models.PositiveIntegerField()
    opened = models.PositiveIntegerField()
    clicked = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "channel", "kind", "state", "why"],
                name="notifications_dayfigure_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.number} {self.state}"

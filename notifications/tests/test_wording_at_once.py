"""Two colleagues press "Publish" on the same draft in the same moment."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from core.identity import acting_as_system
from core.models import AuditEntry
from notifications.services.wording import publish as module
from notifications.tests.test_wording import written
from payments.tests.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def a_draft() -> UUID:
    with acting_as_system("tests"), transaction.atomic():
        return written("de").pk


def published_by_two(draft: UUID) -> list[str]:
    def one() -> Any:
        return module.publish(version_id=draft)

    return sorted(type(result).__name__ for result in at_once(one, one))


def times_audited() -> int:
    with acting_as_system("tests"), transaction.atomic():
        return AuditEntry.objects.filter(action="wording.publish").count()


def test_one_publishes_and_the_other_is_told() -> None:
    before = times_audited()
    assert published_by_two(a_draft()) == ["Conflict", "TemplateVersion"]
    assert times_audited() == before + 1


def test_control_without_the_lock_both_publish(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting, real = threading.Barrier(2), module.findings_of

    def meet_then_look(*args: Any) -> Any:
        """When both have seen a draft."""
        meeting.wait(20)
        return real(*args)

    monkeypatch.setattr(module, "_hold", lambda template: None)
    monkeypatch.setattr(module, "findings_of", meet_then_look)
    before = times_audited()
    assert published_by_two(a_draft()) == ["TemplateVersion", "TemplateVersion"]
    assert times_audited() == before + 2

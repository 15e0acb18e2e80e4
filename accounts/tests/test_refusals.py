"""What a service refused, as staff read it."""

from typing import Any

import pytest

from accounts.admin.refusals import in_words
from core.errors import Conflict, Invalid


@pytest.mark.parametrize(
    "details",
    [{"revision": 3}, {"status": "shipped"}, {"total": {"amount": "1.00", "currency": "EUR"}}],
)
def test_what_is_for_programs_is_not_read_out(details: dict[str, Any]) -> None:
    assert in_words(Conflict("Look at it again.", details=details)) == "Look at it again."


def test_a_reason_is_said_once() -> None:
    details = {"days": ["One to 90."], "allowed": ["open", "closed"]}
    refusal = Invalid("Next may be: open, closed.", details=details)
    assert in_words(refusal) == "Next may be: open, closed. One to 90."

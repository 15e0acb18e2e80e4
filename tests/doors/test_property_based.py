"""No 5xx to any input: requests made up from the OpenAPI document, sent as everybody.

The examples are the same in every run. TRADEWIND_FUZZ=1000 tries as many others per operation.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.doors.caller import Caller
from tests.doors.errands import ALL, Errand
from tests.doors.fuzz import Mixer, askers, cases, send

DEEPER = int(os.environ.get("TRADEWIND_FUZZ", "0"))
EXAMPLES = DEEPER or 8
SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=not DEEPER,
    database=None,
    deadline=None,
    print_blob=bool(DEEPER),
    phases=[Phase.generate, Phase.shrink] if DEEPER else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("errand", ALL, ids=lambda errand: errand.operation)
def test_whatever_is_sent_is_answered_as_described(
    caller: Caller, errand: Errand, request: Any
) -> None:
    gateway = request.getfixturevalue("gateway") if errand.gateway else None

    @SETTINGS
    @given(
        case=cases(errand),
        who=askers(errand),
        whose=st.sampled_from(["shop", "elsewhere", "nobody"]),
        strange=st.none() | st.sets(st.sampled_from(sorted(errand.body or [""])), max_size=2),
    )
    def answered(case: Any, who: str, whose: str, strange: set[str] | None) -> None:
        mixer = Mixer(caller, errand, who)
        if whose != "nobody":
            mixer.with_true_places(case, whose)
        if strange is not None:
            mixer.with_proper_body(case, strange)
        if gateway is not None:
            gateway.client.reset()  # what was taken back here must not be remembered there
        send(caller, errand, case, who)

    answered()

"""The pages for people."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Receiver


def test_the_stage_tells_what_happened_and_what_was_set_to_go_wrong(
    server: RunningRehearsal,
    control: Rehearsal,
    receiver: Receiver,
    new_session: Callable[..., Any],
) -> None:
    control.pay(new_session().id)
    control.wait_until_sent()
    control.webhook_faults(duplicate=2, drop={"next": 1}, old_timestamp=0.1)
    control.add_fault("lost_answer")
    shown = httpx.get(server.base_url).text
    for piece in ("checkout.session.completed", "delivered", "24.68 EUR", "200 in",
                  "API calls: lost answer", "duplicate 2", "old timestamp"):  # fmt: skip
        assert piece in shown
    assert receiver.url.replace("/", "/<wbr>") in shown


@pytest.mark.parametrize("path", ["/", "/mail", "/push", "/push?to=%22%3E%3Cscript%3E"])
def test_pages_need_nothing_from_elsewhere(server: RunningRehearsal, path: str) -> None:
    answer = httpx.get(server.base_url + path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "https://" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("name", ["rehearsal.css", "live.js", "icon.svg"])
def test_static_files_are_its_own(server: RunningRehearsal, name: str) -> None:
    answer = httpx.get(f"{server.base_url}/static/{name}")
    assert answer.status_code == 200
    assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "")

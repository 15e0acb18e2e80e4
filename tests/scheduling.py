"""Which tests share a process, which come first, and how many processes there are.

Those of a file stay together, and all of tests/story, which share a product. Files with many tests
come first, so that the small ones fill the gaps in the end; before them those that take long though
they hold few tests.
"""

import os
from typing import Any

import pytest

TOGETHER = ("tests/story/",)
LONG = (
    "tests/story/", "commerce/tests/test_demo.py", "core/tests/embedded/test_environment.py",
    "core/tests/embedded/test_account.py", "core/tests/test_intake_granian.py",
    "tests/money/test_machine.py", "commerce/tests/bulk/test_killed.py",
    "tests/doors_committed/test_every_errand.py", "core/tests/embedded/test_recovery.py",
    "commerce/tests/test_races.py", "core/tests/embedded/test_sharing.py",
)  # fmt: skip


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One process more than processors: tests wait for servers, browsers and commits, too."""
    given = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return int(given) if given else (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile` that does not start the whole house once a file of the story."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # only there when xdist runs

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            scope: str = super()._split_scope(nodeid)
            return next((folder for folder in TOGETHER if scope.startswith(folder)), scope)

        def _assign_work_unit(self, node: Any) -> None:
            for scope in reversed([scope for scope in LONG if scope in self.workqueue]):
                self.workqueue.move_to_end(scope, last=False)
            super()._assign_work_unit(node)

    return Together(config, log)

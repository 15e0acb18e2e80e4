"""Every scheduled job once, on real commits and as the clock runs it."""

from tests.product import Product

RUN_ALL = """
from core.enums import RunState
from core.schedule import JOBS, run_by_hand
for name in sorted(JOBS):
    run = run_by_hand(name)
    print("JOB", name, run.state, run.error.replace(chr(10), " "))
"""


def test_each_job_ends_well_in_a_shop_with_data(product: Product) -> None:
    said = product.manage("shell", "--verbosity", "0", "-c", RUN_ALL, timeout=300)
    runs = [line.split(" ", 3) for line in said.splitlines() if line.startswith("JOB ")]
    assert len(runs) > 10
    failed = [f"{name}: {rest}" for _, name, state, *rest in runs if state != "done"]
    assert not failed, failed

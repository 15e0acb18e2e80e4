from core.schedule.jobs import JOBS, Job, scheduled
from core.schedule.runs import run_by_hand, run_when_due

__all__ = ["JOBS", "Job", "run_by_hand", "run_when_due", "scheduled"]

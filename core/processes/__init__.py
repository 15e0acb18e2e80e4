"""Run Tradewind's processes side by side on one machine: start, restart, tell, stop.

For a laptop or one small server. Where systemd, Kubernetes or the like runs processes, each of
them is started there by its own command (docs/decisions) and nothing here is used.
"""

from core.processes.program import Program
from core.processes.supervisor import Supervisor

__all__ = ["Program", "Supervisor"]

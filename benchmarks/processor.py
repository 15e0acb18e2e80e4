"""Processor time of the processes that answer: what an answer takes on a machine that has nothing
else to do, however busy this one is."""

import os
from pathlib import Path

from django.db import connection

TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


def of_process(pid: int) -> float:
    """Milliseconds that one process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def spent(root: int) -> float:
    """Milliseconds that a process, all below it, and this database's sessions have worked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        sessions = {pid for (pid,) in cursor.fetchall()}
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        stats[int(path.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    wanted = {root} | sessions
    grown = True
    while grown:
        below = {pid for pid, (parent, _) in stats.items() if parent in wanted - sessions}
        grown = not below <= wanted
        wanted |= below
    return sum(ticks for pid, (_, ticks) in stats.items() if pid in wanted) * TICK

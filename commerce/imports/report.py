"""What an import decided about odd rows, as a file a person can open."""

import csv
from pathlib import Path

from commerce.imports.records import History

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_report(history: History, path: Path) -> None:
    """One line a remark: where, what was decided, why, and the row itself.

    The rows are a stranger's: cells that a spreadsheet would run are prefixed (OWASP ASVS 1.2.10).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "decision", "reason", "row"])
        for remark in history.remarks:
            decision = "left out" if remark.left_out else "kept"
            writer.writerow([remark.line, decision, remark.reason, _harmless(remark.row)])


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(DANGEROUS) else text

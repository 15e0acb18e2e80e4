"""Jobs of files."""

from typing import Any

from core.files.sweep import sweep
from core.schedule import scheduled


@scheduled("core.sweep_files", daily_at=(4, 20))
def sweep_files() -> dict[str, Any]:
    """Delete files that nobody uses any more; report those whose bytes are missing."""
    return sweep().as_json()

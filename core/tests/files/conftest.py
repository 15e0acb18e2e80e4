"""Files of the tests go to a folder of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Where bytes are stored."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"

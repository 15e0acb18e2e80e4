"""Folders for servers that run under another account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.tests.embedded.servers import new_folder


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Instead of pytest's own folder, which every starting pytest closes to other accounts."""
    with new_folder() as path:
        yield path

"""Folders for servers that run under another account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.embedded import ensure_running
from core.tests.embedded.servers import copy_made_once, data_folder, new_folder


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Instead of pytest's own folder, which every starting pytest closes to other accounts."""
    with new_folder() as path:
        yield path


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A data folder after its first start. Making a cluster takes seconds, copying it none."""
    with new_folder() as parent:
        with data_folder(parent / "data") as path:
            ensure_running(path)
        yield path


@pytest.fixture
def made(tmp_path: Path, made_once: Path) -> Path:
    """A data folder that is not about to be made: only its servers have to start."""
    return copy_made_once(made_once, tmp_path / "data")

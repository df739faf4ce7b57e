"""Every test of this folder needs real programs, some of which run as another user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def open_directory() -> Iterator[Path]:
    """A directory that every user may go through; pytest closes its own whenever another run begins."""
    with TemporaryDirectory(prefix="patterns-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name).resolve()


@pytest.fixture
def tmp_path(open_directory: Path) -> Path:
    """An empty directory for one test."""
    return _made(open_directory)


@pytest.fixture(scope="module")
def module_path(open_directory: Path) -> Path:
    """An empty directory for the tests of a module."""
    return _made(open_directory)


def _made(directory: Path) -> Path:
    made = Path(mkdtemp(dir=directory))
    made.chmod(0o755)
    return made

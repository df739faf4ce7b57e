"""Shells, and a volume for the script of ``InitFileSeeder``."""

from __future__ import annotations

from pathlib import Path

import pytest
from init_containers.seeding import Shell
from shells import KINDS, link_tools

SEEDING = ("sh", "cp", "mv", "rm", "mkdir", "chmod", "sync")
RENDERING = ("sh", "awk", "chmod", "mkdir", "mv", "rm", "sync")
WAITING = ("sh", "od", "sleep", "tail", "timeout", "tr")


@pytest.fixture(params=KINDS)
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shell and the tools of ``wait.sh``: busybox's own, or the machine's."""
    return link_tools(request.param, tmp_path_factory.mktemp("bin"), WAITING)


@pytest.fixture(params=KINDS)
def renderer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shell and the tools of ``render.sh``."""
    return link_tools(request.param, tmp_path_factory.mktemp("bin"), RENDERING)


@pytest.fixture(params=KINDS)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    programs = link_tools(request.param, tmp_path_factory.mktemp("bin"), SEEDING)
    for folder in (programs, *programs.parents[:2]):
        folder.chmod(0o755)
    return Shell(programs)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    folder.chmod(0o777)
    return folder

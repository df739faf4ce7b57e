"""Shells and a volume for the script of ``InitFileSeeder``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from init_containers.seeding import Shell

TOOLS = ("sh", "cp", "mv", "rm", "mkdir", "chmod", "sync")


@pytest.fixture(params=["busybox", "sh"])
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    programs = tmp_path_factory.mktemp("bin")
    busybox = shutil.which("busybox")
    if request.param == "busybox" and busybox is None:
        pytest.skip("this machine has no busybox; the script is run by its sh alone")
    for tool in TOOLS:
        program = busybox if request.param == "busybox" else shutil.which(tool)
        (programs / tool).symlink_to(str(program))
    for folder in (programs, *programs.parents[:2]):
        folder.chmod(0o755)
    return Shell(programs)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    folder.chmod(0o777)
    return folder

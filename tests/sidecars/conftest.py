"""Shells for the scripts of this folder's patterns."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

TOOLS = ("sh", "sleep", "tail")


@pytest.fixture(params=["busybox", "sh"])
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shell and its tools: busybox's own, or the machine's."""
    folder = tmp_path_factory.mktemp("bin")
    busybox = shutil.which("busybox")
    if request.param == "busybox" and busybox is None:
        pytest.skip("this machine has no busybox; the script is run by its sh alone")
    for tool in TOOLS:
        program = busybox if request.param == "busybox" else shutil.which(tool)
        (folder / tool).symlink_to(str(program))
    return folder

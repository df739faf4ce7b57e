"""Shells for the scripts of this folder's patterns."""

from __future__ import annotations

from pathlib import Path

import pytest
from shells import KINDS, link_tools

TOOLS = ("sh", "sleep", "tail")


@pytest.fixture(params=KINDS)
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shell and its tools: busybox's own, or the machine's."""
    return link_tools(request.param, tmp_path_factory.mktemp("bin"), TOOLS)

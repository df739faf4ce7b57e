"""Shells and tools for scripts under test: busybox's own, as the images have them, or the machine's."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

#: the two ways in which every script is run
KINDS = ("busybox", "sh")


def link_tools(kind: str, folder: Path, tools: Iterable[str]) -> Path:
    """A folder with these tools and no others."""
    busybox = shutil.which("busybox")
    if kind == "busybox" and busybox is None:
        pytest.skip("this machine has no busybox; the script is run by its sh alone")
    for tool in tools:
        (folder / tool).symlink_to(str(busybox if kind == "busybox" else shutil.which(tool)))
    return folder

"""Shell scripts of containers: constant text in files of their own, which gets all it has to know as arguments."""

from __future__ import annotations

from pathlib import Path


def script_beside(module: str, name: str) -> str:
    """The script without its comments and empty lines, which are for readers of this package.

    Args:
        module: ``__file__`` of the module that it stands beside.
        name: of its file.
    """
    lines = Path(module).with_name(name).read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))

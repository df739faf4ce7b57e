"""The files that a ``LoggingSidecar`` follows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patterns.errors import InvalidValue
from patterns.sidecars.fluent_bit import plain_text

_PATTERN = re.compile(r"[*?\[\]]")


def followed_paths(directory: str, files: Sequence[str], *, patterns: bool) -> list[str]:
    """Absolute paths of the files.

    Args:
        directory: on which the volume is mounted.
        files: paths below it.
        patterns: whether ``*``, ``?`` and ``[...]`` stand for what they match.

    Raises:
        InvalidValue: for no file, a path that leaves the directory, or a pattern where there can be none.
    """
    if not files:
        raise InvalidValue('files must name at least one file below the mount, such as files=["access.log"]')
    if patterns and ("," in directory or _PATTERN.search(directory)):
        raise InvalidValue(
            "logs must be mounted on a path without , * ? [ ], which Fluent Bit would read as a pattern, "
            f"got {directory!r}"
        )
    plain_text("logs", directory)
    for index, file in enumerate(files):
        where = f"files[{index}]"
        parts = file.split("/")
        if "" in parts or "." in parts or ".." in parts:
            raise InvalidValue(
                f"{where} must be a path below {directory}, such as 'access.log' or 'http/access.log', got {file!r}"
            )
        plain_text(where, file)
        if patterns and "," in file:
            raise InvalidValue(f"{where} must hold no comma, with which Fluent Bit begins another path, got {file!r}")
        if not patterns and _PATTERN.search(file):
            raise InvalidValue(
                f"{where} must be the name of one file, got {file!r}: `tail` knows no patterns; name every file, or "
                'send the lines with Fluent Bit: to=FluentBitOutput("stdout", {"format": "json_lines"})'
            )
        if file in files[:index]:
            raise InvalidValue(f"{where} is there twice: {file!r}")
    return [f"{directory.rstrip('/')}/{file}" for file in files]

"""Whether two folders hold the same documents: equal as values, in equal order, keys in any order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml


def differences(expected: Path, actual: Path) -> list[str]:
    """What is not equal, one line each; empty when all documents are."""
    return list(_differ("", _documents(expected), _documents(actual)))


def _documents(folder: Path) -> Mapping[str, object]:
    return {
        file.name: list(yaml.load_all(file.read_bytes(), yaml.CSafeLoader)) for file in sorted(folder.glob("*.yaml"))
    }


def _differ(path: str, expected: object, actual: object) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in [*expected, *(key for key in actual if key not in expected)]:
            if key not in actual:
                yield f"{path}/{key}: missing"
            elif key not in expected:
                yield f"{path}/{key}: more, {actual[key]!r}"
            else:
                yield from _differ(f"{path}/{key}", expected[key], actual[key])
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{path}: {len(expected)} expected, got {len(actual)}"
        for at, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from _differ(f"{path}/{at}", one, other)
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{path}: {expected!r} expected, got {actual!r}"

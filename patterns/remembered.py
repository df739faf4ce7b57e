"""What was done once is not done again: workloads of one app have many equal containers."""

from __future__ import annotations

import marshal
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_MOST = 1000


class Remembered(Generic[T]):
    """Results by the content that they are of. When it is full, it forgets them all."""

    def __init__(self) -> None:
        self._results: dict[object, T] = {}

    def get(self, content: object) -> T | None:
        return self._results.get(content)

    def keep(self, content: object, result: T) -> T:
        if len(self._results) >= _MOST:
            self._results.clear()
        self._results[content] = result
        return result


def content_of(json: Any) -> bytes | None:
    """Everything in the JSON, as one value to look up: 1, 1.0 and true differ. ``None`` where something is no JSON."""
    try:
        # version 2 has no references, by which equal values could give other bytes
        return marshal.dumps(json, 2)
    except ValueError:
        return None

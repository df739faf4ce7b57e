"""What was right once is not looked at again: workloads of one app have many equal containers."""

from __future__ import annotations

import marshal

from patterns.model.json import Json

_MOST = 1000


class Remembered:
    """A set of contents, which forgets them all when it is full."""

    def __init__(self) -> None:
        self._contents: set[object] = set()

    def __contains__(self, content: object) -> bool:
        return content in self._contents

    def add(self, content: object) -> None:
        if len(self._contents) >= _MOST:
            self._contents.clear()
        self._contents.add(content)

    def clear(self) -> None:
        self._contents.clear()


def content_of(json: Json) -> bytes | None:
    """Everything in the JSON, as one value to look up: 1, 1.0 and true differ. ``None`` where something is no JSON."""
    try:
        # version 2 has no references, by which equal values could give other bytes
        return marshal.dumps(json, 2)
    except ValueError:
        return None

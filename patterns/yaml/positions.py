"""Where in the text of a document a value stands; asked only when there is a finding."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

from patterns.yaml.document import LOADER

#: a path as its steps: ``("spec", "containers", 0)``
Steps: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a document, counted from 0.

    Args:
        line, column: of the key of a value in a mapping, of the item in a list.
        bare: the text of the value where it is a scalar without quotes, else empty.
    """

    line: int
    column: int
    bare: str = ""


class Positions:
    """The places of one document.

    Args:
        text: of the document.
        wanted: the paths that will be asked for; the text is read no further than to the last of them. Default all.
    """

    def __init__(self, text: str, wanted: Iterable[Steps] | None = None) -> None:
        self._known: dict[Steps, Position] = {}
        # the reader takes a few texts that PyYAML does not; what came before such a place is known
        with suppress(yaml.YAMLError):
            _Walk(self._known).through(text, None if wanted is None else set(wanted))

    def of(self, path: Steps) -> Position:
        """The place of a value; that of what would hold it, where it is missing or came by an alias."""
        while path not in self._known and path:
            path = path[:-1]
        return self._known.get(path, Position(0, 0))


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("count", "is_list", "key", "path", "place")

    def __init__(self, path: Steps, is_list: bool) -> None:
        self.path = path
        self.is_list = is_list
        self.count = 0
        self.key: str | None = None
        self.place: tuple[int, int] = (0, 0)


class _Walk:
    def __init__(self, known: dict[Steps, Position]) -> None:
        self.known = known
        self.open: list[_Open] = []

    def through(self, text: str, wanted: set[Steps] | None) -> None:
        for event in yaml.parse(text, Loader=LOADER):
            self.take(event)
            if wanted is not None and wanted <= self.known.keys():
                return

    def take(self, event: Event) -> None:
        if isinstance(event, CollectionEndEvent):
            self.open.pop()
        elif isinstance(event, ScalarEvent):
            inside = self.open[-1] if self.open else None
            if inside is not None and not inside.is_list and inside.key is None:
                inside.key = str(event.value)
                inside.place = _place_of(event)
                return
            self.placed(event, "" if event.style else str(event.value))
        elif isinstance(event, AliasEvent):
            inside = self.open[-1] if self.open else None
            if inside is not None and not inside.is_list and inside.key is None:
                inside.key = ""
                return
            self.placed(event)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            path = self.placed(event)
            self.open.append(_Open(path, isinstance(event, SequenceStartEvent)))

    def placed(self, event: Event, bare: str = "") -> Steps:
        if not self.open:
            self.known[()] = Position(*_place_of(event), bare)
            return ()
        inside = self.open[-1]
        if inside.is_list:
            path: Steps = (*inside.path, inside.count)
            inside.count += 1
            self.known[path] = Position(*_place_of(event), bare)
            return path
        path = (*inside.path, inside.key or "")
        inside.key = None
        self.known[path] = Position(*inside.place, bare)
        return path


def _place_of(event: Event) -> tuple[int, int]:
    return (event.start_mark.line, event.start_mark.column) if event.start_mark else (0, 0)

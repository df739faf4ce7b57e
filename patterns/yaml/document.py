"""One YAML document as the JSON that ``sigs.k8s.io/yaml`` makes of it.

PyYAML parses; what its events mean is decided here, because it resolves scalars, merges and aliases in other ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from patterns.errors import InvalidValue
from patterns.yaml.scalars import TAG, Scalar, key_string, scalar

if TYPE_CHECKING:
    from patterns.model.json import Json

#: libyaml reads real files that PyYAML's own scanner refuses, such as one with a tab at the end of a line
LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_MAX_DEPTH = 200
_MORE = "kubectl leaves out what follows the end of a document; write --- before the next one"
_IN_DOUBLE_QUOTES = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL)
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_QUOTE = {"\\'": "\\x27"}
_Value: TypeAlias = "dict[str, Json] | list[Json] | Scalar"


class Repeated(NamedTuple):
    """A key that stands twice in one mapping: readers keep the last value and say nothing.

    Args:
        path: of the value.
        same: whether both values are the same.
    """

    path: tuple[str | int, ...]
    same: bool


class _RefusedError(Exception):
    """A reason; the place is put before it by `read_document`."""


class _Part:
    """A collection that is being read, or a finished value that has an anchor."""

    def __init__(self, value: _Value, anchor: str | None = None) -> None:
        self.value = value
        self.anchor = anchor
        #: the value of a merge key, or a list of them
        self.merged = False
        self.finished = False
        #: nodes below and including this one, with aliases written out
        self.nodes = 1
        self.height = 1
        self.has_key = False
        self.key = ""
        self.merges = False
        #: keys that came by a merge key, and may be written once more
        self.from_merge: frozenset[str] = frozenset()
        #: the types that keys had before they became strings, where it was not a string
        self.key_types: dict[str, type] = {}


def read_document(text: str, source: str, line: int, repeated: list[Repeated] | None = None) -> Json:
    """The value of the one document in ``text``; None when it is empty.

    Args:
        text: without ``---`` lines.
        source: the name of the file, for messages.
        line: how many lines of the file come before.
        repeated: takes every key that stands twice in one mapping.

    Raises:
        InvalidValue: with line and column.
    """
    document = _Document(text, repeated)
    line_in_text = column = 0
    try:
        for event in _events(text):
            if event.start_mark:
                line_in_text, column = event.start_mark.line, event.start_mark.column
            document.take(event)
        return document.result
    except _RefusedError as error:
        reason = str(error)
    except yaml.MarkedYAMLError as error:
        reason = _MORE if document.ended else error.problem or error.context or "is no YAML"
        mark = error.problem_mark or error.context_mark
        if mark and error.problem and error.problem.startswith("found unknown escape character"):
            # libyaml points at the backslash, PyYAML's own scanner behind it
            start = mark.index if text.startswith("\\", mark.index) else mark.index - 1
            if text.startswith("\\'", start):
                return read_document(_without_quote_escapes(text, start), source, line, repeated)
        if mark:
            line_in_text, column = mark.line, mark.column
    raise InvalidValue(f"{source}: line {line + line_in_text + 1}, column {column + 1}: {reason}")


def _events(text: str) -> Iterator[Event]:
    yield from yaml.parse(text, Loader=LOADER)


def _without_quote_escapes(text: str, start: int) -> str:
    """``text`` with every ``\\'``, which go-yaml takes and PyYAML does not, written otherwise.

    From ``start``, which is in double quotes, up to their end.
    """
    rest = _IN_DOUBLE_QUOTES.match(text, start)
    end = rest.end() if rest else start
    return text[:start] + _ESCAPE.sub(lambda found: _QUOTE.get(found[0], found[0]), text[start:end]) + text[end:]


class _Document:
    """Takes the events of a document, one after another; without recursion, so that depth is bounded here."""

    def __init__(self, text: str, repeated: list[Repeated] | None) -> None:
        self.result: Json = None
        self._repeated = repeated
        self._text = text
        self._open: list[_Part] = []
        self._anchors: dict[str, _Part] = {}
        self.ended = False
        # go-yaml's own bound against aliases that explode: how many nodes came, and how many of them from aliases
        self._nodes = 0
        self._from_aliases = 0

    def take(self, event: Event) -> None:
        if isinstance(event, ScalarEvent):
            self._take_scalar(event)
        elif isinstance(event, CollectionEndEvent):
            self._close()
        elif isinstance(event, AliasEvent):
            self._take_alias(event)
        elif isinstance(event, NodeEvent):
            self._begin([] if isinstance(event, SequenceStartEvent) else {}, event.anchor)
        elif isinstance(event, DocumentStartEvent) and self.ended:
            raise _RefusedError(_MORE)
        elif isinstance(event, DocumentEndEvent):
            self.ended = True

    def _take_scalar(self, event: ScalarEvent) -> None:
        self._nodes += 1
        # a lone "!" makes a string of a bare word; libyaml does not tell it from no tag
        untagged = event.tag in (None, "!")
        start = event.start_mark.index if event.start_mark else 0
        bare = untagged and not event.style and not self._text.startswith("!", start)
        if event.value == "<<" and (event.implicit[0] or event.tag == f"{TAG}merge") and self._expects_key():
            self._open[-1].has_key = self._open[-1].merges = True
            return
        try:
            value = event.value if untagged and not bare else scalar(event.value, event.tag if not untagged else None)
        except ValueError as error:
            raise _RefusedError(str(error)) from None
        part = _Part(value, event.anchor)
        self._remember(part)
        self._place(part)

    def _take_alias(self, event: AliasEvent) -> None:
        name = str(event.anchor)
        part = self._anchors.get(name)
        if part is None:
            raise _RefusedError(f"there is no anchor &{name} above")
        if not part.finished:
            raise _RefusedError(f"anchor &{name} contains itself")
        self._nodes += 1 + part.nodes
        self._from_aliases += part.nodes
        allowed = _allowed_ratio(self._nodes) * self._nodes
        if self._from_aliases > 100 and self._nodes > 1000 and self._from_aliases > allowed:
            raise _RefusedError("aliases repeat too much of the document")
        if len(self._open) + part.height > _MAX_DEPTH:
            raise _RefusedError(f"must be at most {_MAX_DEPTH} levels deep")
        copy = _Part(_copied(part.value))
        copy.nodes, copy.height = part.nodes + 1, part.height
        if self._open and self._open[-1].merges and isinstance(part.value, list):
            raise _RefusedError("a merge key must have a mapping, or a list of mappings written in place")
        self._place(copy)

    def _begin(self, value: _Value, anchor: str | None) -> None:
        self._nodes += 1
        if self._expects_key():
            raise _RefusedError("a mapping or list cannot be a key")
        if len(self._open) >= _MAX_DEPTH:
            raise _RefusedError(f"must be at most {_MAX_DEPTH} levels deep")
        part = _Part(value, anchor)
        part.merged = bool(self._open) and self._open[-1].merges and isinstance(value, list)
        self._open.append(part)
        self._remember(part)

    def _close(self) -> None:
        part = self._open.pop()
        self._place(part)
        part.finished = True

    def _remember(self, part: _Part) -> None:
        part.finished = not isinstance(part.value, (dict, list))
        if part.anchor is not None:
            self._anchors[str(part.anchor)] = part

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and not self._open[-1].has_key

    def _place(self, part: _Part) -> None:
        """Put a finished value where it belongs: as a key, a value, an item, or as the document."""
        if not self._open:
            self.result = _json(part.value)
            return
        parent = self._open[-1]
        parent.nodes += part.nodes
        parent.height = max(parent.height, part.height + 1)
        if isinstance(parent.value, list):
            if parent.merged and not isinstance(part.value, dict):
                raise _RefusedError("a merge key must have a mapping or a list of mappings")
            parent.value.append(_json(part.value))
        elif isinstance(parent.value, dict):
            if parent.merges:
                before = set(parent.value) if self._repeated is not None else set[str]()
                _merge(parent.value, part.value)
                if self._repeated is not None:
                    parent.from_merge = parent.from_merge | (parent.value.keys() - before)
                parent.has_key = parent.merges = False
            elif parent.has_key:
                if self._repeated is not None and parent.key in parent.value and parent.key not in parent.from_merge:
                    same = parent.value[parent.key] == part.value
                    self._repeated.append(Repeated((*self._path(), parent.key), same))
                parent.value[parent.key] = _json(part.value)
                parent.has_key = False
            else:
                parent.key, parent.has_key = _key(part.value, parent.value, parent.key_types), True

    def _path(self) -> tuple[str | int, ...]:
        """Where the innermost open collection stands."""
        return tuple(len(part.value) if isinstance(part.value, list) else part.key for part in self._open[:-1])


def _key(value: _Value, beside: dict[str, Json], types: dict[str, type]) -> str:
    if isinstance(value, (dict, list)):
        raise _RefusedError("a mapping or list cannot be a key")
    try:
        key = key_string(value)
    except ValueError as error:
        raise _RefusedError(str(error)) from None
    if key in beside and types.get(key, str) is not type(value):
        raise _RefusedError(f"two keys become {key!r}, and kubectl keeps either one; remove one of them")
    if type(value) is not str:
        types[key] = type(value)
    return key


def _merge(into: dict[str, Json], value: _Value) -> None:
    """As go-yaml v2 does it, in the order of the text: what was written above a merge key is overwritten by it."""
    if isinstance(value, dict):
        into.update(value)
    elif isinstance(value, list):
        for item in reversed(value):
            into.update(cast("dict[str, Json]", item))
    else:
        raise _RefusedError("a merge key must have a mapping or a list of mappings")


def _json(value: _Value) -> Json:
    if isinstance(value, float):
        if not isfinite(value):
            raise _RefusedError(f"JSON has no {value}; put it in quotes if it is meant as text")
        if value.is_integer() and abs(value) <= 2**53:
            return int(value)
    return value


def _copied(value: _Value) -> _Value:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value


def _allowed_ratio(nodes: int) -> float:
    """How much of a document may come from aliases: 99 %, falling to 10 % between 400,000 and 4,000,000 nodes."""
    return 0.99 - 0.89 * min(max((nodes - 400_000) / 3_600_000, 0.0), 1.0)

"""What was added to a document, as JSON Patch operations (RFC 6902) that fail on another one, and never overwrite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from patterns.model.json import Json, JsonObject
from patterns.pod.template import escaped, value_at


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a JSON Patch.

    Args:
        op: ``add``, ``replace`` or ``remove``; ``test`` guards those that follow. A ``test`` for None asks that nothing
            is there.
        path: JSON Pointer.
        value: what to add, put or find there.
        before: what ``replace`` puts away.
    """

    op: Literal["add", "replace", "remove", "test"]
    path: str
    value: Json = None
    before: Json = None


def operations(before: Json, after: Json, path: str = "") -> list[Operation]:
    """What makes ``after`` of ``before``: keys and list items are added, single values are replaced.

    Guards go before: names of the containers that are changed, and the absence of what is added. What stands beside is
    not spoken of, so that the operations also fit a document whose unchanged parts look otherwise.
    """
    return list(_changes(before, after, path))


def undoing(done: list[Operation]) -> list[Operation]:
    """What takes the operations off again."""
    undone = []
    for operation in reversed(done):
        if operation.op == "add":
            undone.append(Operation(op="remove", path=operation.path))
        elif operation.op == "replace":
            undone.append(Operation(op="replace", path=operation.path, value=operation.before))
    return undone


def _changes(before: Json, after: Json, path: str) -> Iterator[Operation]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and set(before) <= set(after):
        for key, value in after.items():
            here = f"{path}/{escaped(key)}"
            if before.get(key) is not None:
                yield from _changes(before[key], value, here)
            elif value is not None:
                yield Operation(op="test", path=here)
                yield Operation(op="add", path=here, value=value)
    elif isinstance(before, list) and isinstance(after, list) and _grown(before, after):
        yield from _list_changes(before, after, path)
    else:
        if not isinstance(before, dict | list):
            yield Operation(op="test", path=path, value=before)
        yield Operation(op="replace", path=path, value=after, before=before)


def _list_changes(before: list[Json], after: list[Json], path: str) -> Iterator[Operation]:
    at = 0
    guarded = False
    for to, item in enumerate(after):
        here = f"{path}/{to}"
        if at < len(before) and _same(before[at], item):
            inner = list(_changes(before[at], item, here))
            name = item.get("name") if isinstance(item, dict) else None
            if inner and isinstance(name, str):
                yield Operation(op="test", path=f"{here}/name", value=name)
            elif inner and not guarded:
                yield Operation(op="test", path=f"{path}/length", value=len(before) + to - at)
                guarded = True
            yield from inner
            at += 1
        else:
            if not guarded:
                yield Operation(op="test", path=f"{path}/length", value=len(before) + to - at)
                guarded = True
            yield Operation(op="add", path=here, value=item)


def _grown(before: list[Json], after: list[Json]) -> bool:
    """Whether every item of ``before`` is still there, in order."""
    rest = iter(after)
    return all(any(_same(item, candidate) for candidate in rest) for item in before)


def _same(before: Json, after: Json) -> bool:
    """Whether one item became the other: by its name, where it has one."""
    if isinstance(before, dict) and isinstance(after, dict) and set(before) <= set(after):
        return before == after or before.get("name") == after.get("name")
    return before == after


# --- other spellings --------------------------------------------------------------------------------------------------

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][^A-Z]*|[^A-Z]+")


def typescript_name(key: str) -> str:
    """The name that generated cdk8s classes have for a field: ``hostPID`` is ``hostPid`` there."""
    words: list[str] = _WORDS.findall(key)
    return "".join(words[:1]) + "".join(word[0] + word[1:].lower() for word in words[1:])


class Spelling:
    """How a document has to be written for an object that converts what it is given before it renders it.

    Generated classes take quantities and ports as ``{"value": ...}``, and have other names for fields with acronyms.
    Which fields those are is learned from what comes back.
    """

    def __init__(self) -> None:
        self._wrapped: set[str] = set()
        self._renamed: set[str] = set()

    def of(self, operation: Operation) -> Operation:
        """The operation in this spelling."""
        above, _, key = operation.path.rpartition("/")
        path = f"{above}/{typescript_name(key)}" if operation.path in self._renamed else operation.path
        if operation.op not in ("add", "replace"):
            return Operation(op=operation.op, path=path, value=operation.value)
        value = self._value(operation.value, operation.path)
        return Operation(op=operation.op, path=path, value=value, before=operation.before)

    def _value(self, value: Json, path: str) -> Json:
        if isinstance(value, dict):
            inner: JsonObject = {}
            for key, item in value.items():
                here = f"{path}/{escaped(key)}"
                inner[typescript_name(key) if here in self._renamed else key] = self._value(item, here)
            return inner
        if isinstance(value, list):
            return [self._value(item, f"{path}/{at}") for at, item in enumerate(value)]
        return {"value": value} if path in self._wrapped else value

    def learn(self, lost: list[str], expected: JsonObject) -> bool:
        """Take in which pointers did not come back; whether another spelling is left to be tried."""
        learned = False
        for path in lost:
            key = path.rpartition("/")[2]
            if typescript_name(key) != key and path not in self._renamed:
                self._renamed.add(path)
                learned = True
            elif path not in self._wrapped and not isinstance(value_at(expected, path), dict | list):
                self._wrapped.add(path)
                learned = True
        return learned


def differences(expected: Json, found: Json, path: str = "") -> list[str]:
    """Pointers to what is not in ``found`` as it is expected, each as deep as it can be told."""
    if isinstance(expected, dict) and isinstance(found, dict):
        pointers = []
        for key in (*expected, *(key for key in found if key not in expected)):
            here = f"{path}/{escaped(key)}"
            if key in expected and key in found:
                pointers += differences(expected[key], found[key], here)
            else:
                pointers.append(here)
        return pointers
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            pointer
            for at, (one, other) in enumerate(zip(expected, found, strict=True))
            for pointer in differences(one, other, f"{path}/{at}")
        ]
    return [] if expected == found else [path]

"""JSON patches of a manifest: what is none is refused where it is given, and what does not fit is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from patterns.errors import InvalidValue, WrongType, users_line
from patterns.model.json import JsonObject

import cdk8s  # isort: skip  # after patterns.place, which finds Node
from jsii.errors import JSIIError  # isort: skip


class Patch(NamedTuple):
    """One operation, and the user's line that gave it."""

    operation: cdk8s.JsonPatch
    line: str


def patches_of(operations: Sequence[object]) -> list[Patch]:
    """The operations as they are kept.

    Raises:
        WrongType: for one that is no `cdk8s.JsonPatch`.
    """
    found: list[Patch] = []
    for number, operation in enumerate(operations, 1):
        if not isinstance(operation, cdk8s.JsonPatch):
            raise WrongType(
                f"add_json_patch(): operation {number} must be a cdk8s.JsonPatch, got "
                f"{type(operation).__name__} {operation!r}; {_right(operation)}"
            )
        found.append(Patch(operation, users_line()))
    return found


def _right(operation: object) -> str:
    if isinstance(operation, (list, tuple)):
        return "write a star before a list of operations: add_json_patch(*operations)"
    if isinstance(operation, Mapping):
        match dict(operation):
            case {"op": "add" | "replace" | "test" as op, "path": str(path), "value": value}:
                return f"write cdk8s.JsonPatch.{op}({path!r}, {value!r})"
            case {"op": "remove", "path": str(path)}:
                return f"write cdk8s.JsonPatch.remove({path!r})"
            case {"op": "copy" | "move" as op, "from": str(source), "path": str(path)}:
                return f"write cdk8s.JsonPatch.{op}({source!r}, {path!r})"
    return "write it as cdk8s.JsonPatch.replace('/spec/replicas', 3)"


def patched(document: JsonObject, patches: Sequence[Patch]) -> JsonObject:
    """The document after the operations, as cdk8s applies them.

    Raises:
        InvalidValue: for the first operation that does not fit, with its line.
    """
    try:
        changed: object = cdk8s.JsonPatch.apply(document, *[patch.operation for patch in patches])
    except (RuntimeError, JSIIError):
        changed = None
    if not isinstance(changed, dict):
        raise _misfit(document, patches)
    first: JsonObject = {key: changed[key] for key in ("apiVersion", "kind", "metadata") if key in changed}
    return {**first, **changed}


def _misfit(document: JsonObject, patches: Sequence[Patch]) -> InvalidValue:
    """What is wrong with the first of them that does not fit; they are applied one by one to find it."""
    before: Any = document
    for patch in patches:
        try:
            after = cdk8s.JsonPatch.apply(before, patch.operation)
        except (RuntimeError, JSIIError) as error:
            reason = str(error).removeprefix("Error: ").splitlines()[0]
            return _told(patch, before, reason)
        if not isinstance(after, dict):
            return _told(patch, before, "")
        before = after
    return InvalidValue("JSON patches do not fit together, though each one does; give fewer of them")


def _told(patch: Patch, before: JsonObject, words_of_node: str) -> InvalidValue:
    # an operation has no property that Python could read, but Node writes what it holds
    from patterns.yaml import read_yaml  # imports PyYAML, for which nobody else waits

    match next(iter(read_yaml(cdk8s.Yaml.stringify(patch.operation))), None):
        case {"operation": {"op": str(op), "path": str(path), **others}}:
            reason = _reason(op, path, others, before) or words_of_node
            return InvalidValue(f"a JSON patch does not fit: {op} {path!r}, given at {patch.line}: {reason}")
        case _:
            return InvalidValue(f"a JSON patch does not fit, given at {patch.line}: {words_of_node}")


def _reason(op: str, path: str, others: Mapping[Any, object], document: JsonObject) -> str:
    """Why, in words of the document; empty where only Node knows."""
    if not path:
        return "the path '' is the whole object, which must stay a mapping; name what is to change, such as '/spec'"
    source = others.get("from")
    for pointer in [source, path] if isinstance(source, str) else [path]:
        missing = _first_missing(pointer, document)
        if missing:
            return f"there is no mapping and no list at {missing!r}; add it first, with all that belongs in it"
    if op == "test":
        return f"the object holds another value there than {others.get('value')!r}; mend the test, or what it tests"
    return ""


def _first_missing(pointer: str, document: JsonObject) -> str:
    """The nearest path above the end of the pointer below which nothing can stand."""
    parts = pointer.split("/")[1:-1]
    found: object = document
    for at, part in enumerate(parts, 1):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list):
            found = found[int(name)] if name.isdecimal() and int(name) < len(found) else None
        if not isinstance(found, (dict, list)):
            return "".join(f"/{above}" for above in parts[:at])
    return ""

"""Annotations of fields and options, read as the kinds that a value is compared with."""

from __future__ import annotations

import sys
import types
from collections import abc
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from patterns.model import json
from patterns.model.frozen import FrozenMap
from patterns.model.kinds import (
    Choice,
    Instance,
    Kind,
    Many,
    Nothing,
    Number,
    OneOf,
    Pairs,
    PlainJson,
    SomePairs,
    Text,
    Whole,
)


def kinds_of(cls: type[Any]) -> dict[str, Kind]:
    """The kind of every field of a dataclass. An annotation that cannot be read here is not checked."""
    known: dict[str, Kind] = {}
    wanted = {field.name for field in fields(cls)}
    for parent in reversed(cls.__mro__[:-1]):
        names = vars(sys.modules[parent.__module__]) if parent.__module__ in sys.modules else {}
        for name, annotation in getattr(parent, "__annotations__", {}).items():
            if name in wanted:
                known[name] = _kind(annotation, names)
    return known


def kinds_of_options(function: Callable[..., object]) -> dict[str, Kind]:
    """The kind of every keyword-only option of a function; a JSON object, which may be large, is not looked into."""
    spoken = getattr(function, "__annotations__", {})
    code: types.CodeType | None = getattr(function, "__code__", None)
    if code is None:
        return {}
    options = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    names = function.__globals__
    found = {name: _kind(spoken[name], names) for name in options if name in spoken}
    return {name: _shallow(kind) for name, kind in found.items()}


def _shallow(kind: Kind) -> Kind:
    if isinstance(kind, Pairs) and isinstance(kind.item, PlainJson):
        return SomePairs(kind.item)
    return OneOf([_shallow(part) for part in kind.kinds]) if isinstance(kind, OneOf) else kind


def _kind(annotation: object, names: dict[str, Any]) -> Kind:
    if annotation == json.Json or (annotation == "Json" and "Json" not in names):
        # by its name it stands in what is left of it in a larger union
        return PlainJson()
    if isinstance(annotation, str):
        try:
            # the text is the class's own annotation, as `typing.get_type_hints` reads it too
            return _kind(eval(annotation, names), names)
        except (NameError, AttributeError, TypeError, SyntaxError):
            return Kind()
    if annotation is None or annotation is type(None):
        return Nothing()
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        # what else it holds may have no hash
        return _kind(arguments[0], names)
    simple: dict[object, Kind] = {str: Text(str), int: Whole(int), float: Number()}
    if annotation in simple:
        return simple[annotation]
    if origin in (Union, types.UnionType):
        return OneOf(_flat([_kind(argument, names) for argument in arguments]))
    if origin is Literal:
        return Choice(arguments)
    if origin in (list, abc.Sequence) or (origin is tuple and arguments[1:] == (...,)):
        return Many(_kind(arguments[0], names))
    if origin in (dict, abc.Mapping, FrozenMap):
        if arguments[0] not in (str, int):
            return SomePairs(Kind())
        return Pairs(_kind(arguments[1], names), _kind(arguments[0], names))
    cls = annotation if origin is None else origin
    return Instance(cls) if isinstance(cls, type) and cls is not object and _can_be_asked(cls) else Kind()


def _can_be_asked(cls: type) -> bool:
    """Whether ``isinstance`` has an answer: it has none for a TypedDict, and for most protocols."""
    try:
        isinstance(None, cls)
    except TypeError:
        return False
    return True


def _flat(kinds: list[Kind]) -> list[Kind]:
    return [part for kind in kinds for part in (kind.kinds if isinstance(kind, OneOf) else [kind])]

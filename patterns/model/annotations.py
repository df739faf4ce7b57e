"""Annotations of fields and options, read as the kinds that a value is compared with."""

from __future__ import annotations

import ast
import sys
import types
from collections import abc
from collections.abc import Callable
from dataclasses import fields
from inspect import CO_VARARGS
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


def kinds_of_arguments(function: Callable[..., object]) -> tuple[tuple[str, ...], dict[str, Kind]]:
    """The names of a function's positional arguments, ``*args`` the last, and the kind of each argument with a name."""
    code = function.__code__
    spoken = function.__annotations__
    plain = code.co_argcount + code.co_kwonlyargcount
    several = code.co_varnames[plain : plain + 1] if code.co_flags & CO_VARARGS else ()
    named = (*code.co_varnames[:plain], *several)
    found = {name: _shallow(_kind(spoken[name], function.__globals__)) for name in named if name in spoken}
    return (*code.co_varnames[: code.co_argcount], *several), found


def _shallow(kind: Kind) -> Kind:
    if isinstance(kind, Pairs) and isinstance(kind.item, PlainJson):
        return SomePairs(kind.item)
    if isinstance(kind, Many):
        return Many(_shallow(kind.item))
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
            # a name for type checkers alone, or an alias that is text itself and stands in a union
            return _kind_in_parts(annotation, names)
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


def _kind_in_parts(text: str, names: dict[str, Any]) -> Kind:
    """The kind of an annotation of which Python cannot make an object, as far as its parts can be read."""
    try:
        part = ast.parse(text, mode="eval").body
    except SyntaxError:
        return Kind()
    if isinstance(part, ast.BinOp):
        return OneOf(_flat([_kind(ast.unparse(side), names) for side in (part.left, part.right)]))
    if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name):
        held = part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]
        outer = names.get(part.value.id)
        if outer is abc.Sequence:
            return Many(_kind(ast.unparse(held[0]), names))
        if outer is abc.Mapping:
            return Pairs(_kind(ast.unparse(held[1]), names)) if ast.unparse(held[0]) == "str" else Instance(abc.Mapping)
    return Kind()


def _can_be_asked(cls: type) -> bool:
    """Whether ``isinstance`` has an answer: it has none for a TypedDict, and for most protocols."""
    try:
        isinstance(None, cls)
    except TypeError:
        return False
    return True


def _flat(kinds: list[Kind]) -> list[Kind]:
    return [part for kind in kinds for part in (kind.kinds if isinstance(kind, OneOf) else [kind])]

"""How constructs are made: with options that are checked, and errors that say which construct they are of."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from patterns.errors import PatternError, WrongType, trimmed
from patterns.model.annotations import kinds_of_options
from patterns.model.kinds import Kind, is_kept
from patterns.model.value import taken
from patterns.place import MAKING, AnyConstruct, check_place, join, path_of
from patterns.waiting import is_made

import jsii  # isort: skip  # after patterns.place, which finds Node

T = TypeVar("T")

_SCOPE_AND_ID = ("scope", "id")
_KINDS: dict[object, dict[str, Kind]] = {}


def check_options(function: Callable[..., object], options: Mapping[str, object]) -> None:
    """Compare keyword arguments with the annotations of the function that gets them.

    Raises:
        WrongType: with the right call.
    """
    kinds = _KINDS.get(function)
    if kinds is None:
        kinds = _KINDS[function] = kinds_of_options(function)
    for name, value in options.items():
        kind = kinds.get(name)
        if kind is not None and not is_kept(kind, value):
            taken(name, kind, value)


class WaitingMeta(jsii.JSIIMeta):
    """Leaves out what jsii does last when an object is made: it would ask for a reference in Node."""

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        depth = len(MAKING.constructs)
        try:
            return _instance(cls, *args, **kwargs)
        except PatternError as error:
            raise trimmed(error) from error.__cause__
        finally:
            del MAKING.constructs[depth:]


def _instance(cls: type[T], *args: Any, **kwargs: Any) -> T:
    made: T = type.__call__(cls, *args, **kwargs)
    if not is_made(made):
        raise WrongType(f"{cls.__name__}.__init__() must call super().__init__(scope, id), which places it in the tree")
    return made


class ConstructMeta(WaitingMeta):
    """Says which construct a mistake was made in, and cuts this package's frames out of the traceback."""

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        depth = len(MAKING.constructs)
        try:
            if len(args) == len(_SCOPE_AND_ID) and _takes_place(cls.__init__):
                check_place(*args)
            check_options(cls.__init__, kwargs)
            made = _instance(cls, *args, **kwargs)
            del MAKING.constructs[depth:]
            return made
        except PatternError as error:
            if "placed" in error.__dict__:
                raise trimmed(error) from error.__cause__
            error.__dict__["placed"] = True
            raise trimmed(error, f"{cls.__name__} {_wanted_path(*args, **kwargs)!r}") from error.__cause__
        finally:
            for construct in MAKING.constructs[depth:]:
                construct._patterns_half_made = True
            del MAKING.constructs[depth:]


@cache
def _takes_place(function: Callable[..., object]) -> bool:
    """Whether it hands on the scope and the id that it gets. One that makes its id of something else says so."""
    # what wraps a function may be no function
    code: types.CodeType | None = getattr(function, "__code__", None)
    return (
        code is not None
        and code.co_varnames[1:3] == _SCOPE_AND_ID
        and function.__annotations__.get("id", str) in ("str", str)
    )


def _wanted_path(scope: AnyConstruct | None = None, id: object = "", *_: object, **__: object) -> str:
    above = path_of(scope) if scope is not None and is_made(scope) else ""
    return join(above, str(id))

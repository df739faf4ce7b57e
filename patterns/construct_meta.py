"""How constructs are made: with options that are checked, and errors that say which construct they are of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from patterns.errors import PatternError, WrongType, trimmed
from patterns.model.kinds import Kind, is_kept, kinds_of_options
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
        depth = len(MAKING)
        try:
            return _instance(cls, *args, **kwargs)
        except PatternError as error:
            raise trimmed(error) from error.__cause__
        finally:
            del MAKING[depth:]


def _instance(cls: type[T], *args: Any, **kwargs: Any) -> T:
    made: T = type.__call__(cls, *args, **kwargs)
    if not is_made(made):
        raise WrongType(f"{cls.__name__}.__init__() must call super().__init__(scope, id), which places it in the tree")
    return made


class ConstructMeta(WaitingMeta):
    """Says which construct a mistake was made in, and cuts this package's frames out of the traceback."""

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        depth = len(MAKING)
        try:
            if len(args) == len(_SCOPE_AND_ID) and cls.__init__.__code__.co_varnames[1:3] == _SCOPE_AND_ID:
                check_place(*args)
            check_options(cls.__init__, kwargs)
            made = _instance(cls, *args, **kwargs)
            del MAKING[depth:]
            return made
        except PatternError as error:
            if "placed" in error.__dict__:
                raise trimmed(error) from error.__cause__
            error.__dict__["placed"] = True
            raise trimmed(error, f"{cls.__name__} {_wanted_path(*args, **kwargs)!r}") from error.__cause__
        finally:
            for construct in MAKING[depth:]:
                construct._patterns_half_made = True
            del MAKING[depth:]


def _wanted_path(scope: AnyConstruct | None = None, id: object = "", *_: object, **__: object) -> str:
    above = path_of(scope) if scope is not None and is_made(scope) else ""
    return join(above, str(id))

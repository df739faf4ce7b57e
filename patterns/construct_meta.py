"""How constructs are made: with options that are checked, and errors that say which construct they are of."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from patterns.errors import PatternError, SynthesisError, WrongType, trimmed
from patterns.half_made import keep_half_made
from patterns.model.annotations import kinds_of_options
from patterns.model.kinds import Kind, is_kept
from patterns.model.value import taken
from patterns.place import MAKING, check_place, is_scope, join, path_of
from patterns.waiting import is_made

import cdk8s  # isort: skip  # after patterns.place, which finds Node
import jsii  # isort: skip

T = TypeVar("T")

_SCOPE_AND_ID = ("scope", "id")
#: of an error that says already which construct it is of
_PLACED = "placed"
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
    """Leaves out what jsii does last when an object is made: it would ask for a reference in Node.

    An error that nobody speaks for yet is the construct's.
    """

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        depth = len(MAKING.constructs)
        try:
            made = _instance(cls, *args, **kwargs)
        except PatternError as error:
            if error.who or _PLACED in error.__dict__ or isinstance(error, SynthesisError):
                told = trimmed(error)
            else:
                told = _told(error, cls, args, kwargs)
            _keep_half_made(depth, told)
            raise told from error.__cause__
        except BaseException as error:
            _keep_half_made(depth, error)
            raise
        del MAKING.constructs[depth:]
        return made


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
            place = args if len(args) == len(_SCOPE_AND_ID) else _named_place(args, kwargs)
            if len(place) == len(_SCOPE_AND_ID) and _takes_place(cls.__init__):
                check_place(*place)
            check_options(cls.__init__, kwargs)
            made = _instance(cls, *args, **kwargs)
        except PatternError as error:
            told = trimmed(error) if _PLACED in error.__dict__ else _told(error, cls, args, kwargs)
            _keep_half_made(depth, told)
            raise told from error.__cause__
        except BaseException as error:
            _keep_half_made(depth, error)
            raise
        del MAKING.constructs[depth:]
        return made


def _told(error: PatternError, cls: type, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> PatternError:
    """The error, said by the construct that was to be made."""
    error.__dict__[_PLACED] = True
    root = issubclass(cls, cdk8s.App)
    return trimmed(error, cls.__name__ if root else f"{cls.__name__} {_wanted_path(*args, **kwargs)!r}")


def _keep_half_made(depth: int, error: BaseException) -> None:
    """Take what this thread was making out of its list; what stands in a tree stops the synthesis if it stays there."""
    failed = MAKING.constructs[depth:]
    del MAKING.constructs[depth:]
    for construct in failed:
        keep_half_made(construct, error)


def _named_place(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
    """Scope and id where they are given by name; a missing one is Python's own error."""
    return (*args, *(kwargs[name] for name in _SCOPE_AND_ID[len(args) :] if name in kwargs))


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


def _wanted_path(scope: object = None, id: object = "", *_: object, **__: object) -> str:
    return join(path_of(scope) if is_scope(scope) else "", str(id))  # type: ignore[arg-type]  # it is a construct

"""How constructs are made: with options that are checked, and errors that say which construct they are of."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from patterns.errors import PatternError, SynthesisError, WrongType, trimmed
from patterns.model.annotations import kinds_of_options
from patterns.model.calls import check_arguments
from patterns.model.kinds import Kind, is_kept
from patterns.model.value import taken
from patterns.place import MAKING, check_place, join, path_of
from patterns.waiting import is_made

import constructs  # isort: skip  # after patterns.place, which finds Node
import jsii  # isort: skip

P = ParamSpec("P")
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


def speaking(function: Callable[P, T]) -> Callable[P, T]:
    """A method of a construct, or of a pod: it checks its arguments, and its errors say whose it is.

    Of methods that call each other the outermost speaks: a pattern, and not the workload that it contributes to.
    """
    name = function.__name__

    @wraps(function)
    def checking(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            try:
                check_arguments(function, args, kwargs)
                if isinstance(args[0], constructs.Construct) and not is_made(args[0]):
                    raise WrongType(f"super().__init__(scope, id) must come before {name}()")
            except PatternError as error:
                error.message = f"{name}(): {error}"
                raise
            return function(*args, **kwargs)
        except PatternError as error:
            said: str = error.__dict__.setdefault("said", str(error))
            error.message, error.who = said, _speaker(args[0])
            error.__dict__["placed"] = True
            raise trimmed(error) from error.__cause__

    return checking


def _speaker(one: object) -> str:
    if not isinstance(one, constructs.Construct):
        return str(one)
    return f"{type(one).__name__} {path_of(one)!r}" if is_made(one) else type(one).__name__


class WaitingMeta(jsii.JSIIMeta):
    """Leaves out what jsii does last when an object is made: it would ask for a reference in Node."""

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        depth = len(MAKING.constructs)
        try:
            return _instance(cls, *args, **kwargs)
        except PatternError as error:
            spoken = error.who or "placed" in error.__dict__ or isinstance(error, SynthesisError)
            error.__dict__["placed"] = True
            raise trimmed(error, "" if spoken else _wanted(cls, args, kwargs)) from error.__cause__
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
            raise trimmed(error, _wanted(cls, args, kwargs)) from error.__cause__
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


def _wanted(cls: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """The construct that is not made yet: its class, and where it was to stand, as far as that was told."""
    code: types.CodeType | None = getattr(cls.__init__, "__code__", None)
    names = _SCOPE_AND_ID if code is None else code.co_varnames[1 : min(3, code.co_argcount)]
    given = {**kwargs, **dict(zip(names, args, strict=False))}
    scope, id = (given.get(name) for name in (*names, "", "")[:2])
    above = path_of(scope) if scope is not None and is_made(scope) else ""
    if isinstance(id, str) and names != _SCOPE_AND_ID:
        # a path in the scope
        id = id.strip("/")
    path = join(above, id if isinstance(id, str) else "?") if id else above
    return f"{cls.__name__} {path!r}" if path else cls.__name__

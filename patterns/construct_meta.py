"""How constructs are made: with options that are checked, and errors that say which construct they are of."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from patterns.errors import PatternError, SynthesisError, WrongType, trimmed
from patterns.half_made import keep_half_made
from patterns.model.annotations import kinds_of_options
from patterns.model.calls import check_arguments, check_named
from patterns.model.kinds import Kind
from patterns.place import MAKING, check_place, is_scope, join, path_of
from patterns.waiting import is_made

import constructs  # isort: skip
import jsii  # isort: skip

P = ParamSpec("P")
T = TypeVar("T")

_SCOPE_AND_ID = ("scope", "id")
#: by the class
_KINDS: dict[type, dict[str, Kind]] = {}


def check_options(cls: type, options: Mapping[str, object]) -> None:
    """Compare keyword arguments with the annotations of the constructors that get them.

    What a constructor does not name itself, and takes by ``**options``, is the next one's.

    Raises:
        WrongType: with the right call.
    """
    kinds = _KINDS.get(cls)
    if kinds is None:
        kinds = _KINDS[cls] = _kinds_of(cls)
    check_named(kinds, options)


def _kinds_of(cls: type) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    named: set[str] = set()
    for above in cls.__mro__:
        constructor: Any = vars(above).get("__init__")
        code: types.CodeType | None = getattr(constructor, "__code__", None)
        if code is not None:
            found.update({name: kind for name, kind in kinds_of_options(constructor).items() if name not in named})
            # what it names, it may change before it hands it on
            named.update(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
            if not code.co_flags & inspect.CO_VARKEYWORDS:
                break
    return found


def speaking(function: Callable[P, T]) -> Callable[P, T]:
    """A method of a construct, or of a pod: it checks its arguments, and its errors say whose it is.

    Of methods that call each other the outermost speaks: a pattern, and not the workload that it contributes to.
    """
    name = function.__name__

    @wraps(function)
    def checking(*args: P.args, **kwargs: P.kwargs) -> T:
        if not args:
            # without an object: Python's own error
            return function(*args, **kwargs)
        try:
            try:
                check_arguments(function, args, kwargs)
                one: Any = args[0]
                if getattr(one, "_patterns_seat", None) is None and not _stands(one):
                    raise WrongType(f"super().__init__(scope, id) must come before {name}()")
            except PatternError as error:
                error.message = f"{name}(): {error}"
                raise
            return function(*args, **kwargs)
        except PatternError as error:
            # the outermost speaks, and what somebody has put into the message on the way stays
            error.message = error.message if error.replaceable else str(error)
            error.who = _speaker(args[0])
            error.replaceable = error.placed = True
            raise trimmed(error) from error.__cause__

    return checking


def _stands(one: object) -> bool:
    return not isinstance(one, constructs.Construct) or is_made(one)


def _speaker(one: object) -> str:
    if not isinstance(one, constructs.Construct):
        return str(one)
    return f"{type(one).__name__} {path_of(one)!r}" if is_made(one) else type(one).__name__


class WaitingMeta(jsii.JSIIMeta):
    """Leaves out what jsii does last when an object is made: it would ask for a reference in Node.

    An error that nobody speaks for yet is the construct's.
    """

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        meta: Any = type(cls)
        depth = len(MAKING.constructs)
        try:
            meta._patterns_check(cls, args, kwargs)
            made = _instance(cls, *args, **kwargs)
        except PatternError as error:
            told = _told(error, cls, args, kwargs) if meta._patterns_speaks_for(error) else trimmed(error)
            _keep_half_made(depth, told)
            raise told from error.__cause__
        except BaseException as error:
            _keep_half_made(depth, error)
            raise
        del MAKING.constructs[depth:]
        return made

    def _patterns_check(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Nothing: an app and a chart check what they are given themselves."""

    @staticmethod
    def _patterns_speaks_for(error: PatternError) -> bool:
        return not (error.who or error.placed or isinstance(error, SynthesisError))


def _instance(cls: type[T], *args: Any, **kwargs: Any) -> T:
    made: T = type.__call__(cls, *args, **kwargs)
    if not is_made(made):
        raise WrongType(f"{cls.__name__}.__init__() must call super().__init__(scope, id), which places it in the tree")
    return made


class ConstructMeta(WaitingMeta):
    """Says which construct a mistake was made in, and cuts this package's frames out of the traceback."""

    def _patterns_check(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        made: Any = cls
        place = args if len(args) == len(_SCOPE_AND_ID) else _named_place(args, kwargs)
        if len(place) == len(_SCOPE_AND_ID) and _takes_place(made.__init__):
            check_place(*place)
        check_options(cls, kwargs)

    @staticmethod
    def _patterns_speaks_for(error: PatternError) -> bool:
        return not error.placed


def _told(error: PatternError, cls: type, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> PatternError:
    """The error, said by the construct that was to be made."""
    error.placed = True
    return trimmed(error, _wanted(cls, args, kwargs))


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


def _wanted(cls: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """The construct that is not made yet: its class, and where it was to stand, as far as that was told."""
    code: types.CodeType | None = getattr(cls.__init__, "__code__", None)
    listed = _SCOPE_AND_ID if code is None else code.co_varnames[1 : code.co_argcount]
    names = _SCOPE_AND_ID if {*_SCOPE_AND_ID} <= {*listed} else listed[:2]
    given = {**kwargs, **dict(zip(listed, args, strict=False))}
    scope, id = (given.get(name) for name in (*names, "", "")[:2])
    above = path_of(scope) if is_scope(scope) else ""  # type: ignore[arg-type]  # it is a construct
    if isinstance(id, str) and names != _SCOPE_AND_ID:
        # a path in the scope
        id = id.strip("/")
    path = join(above, id if isinstance(id, str) else "?") if id else above
    return f"{cls.__name__} {path!r}" if path else cls.__name__

"""Functions and methods that check their arguments by the annotations, and whose errors end at the user's line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from patterns.errors import PatternError, trimmed
from patterns.model.annotations import kinds_of_arguments
from patterns.model.kinds import Kind, is_kept
from patterns.model.value import taken

P = ParamSpec("P")
T = TypeVar("T")

#: by the function, and read at its first call: an import pays for no annotation that it does not use
_ARGUMENTS: dict[object, _Arguments] = {}


def checked(function: Callable[P, T]) -> Callable[P, T]:
    """A function, or a method of a value, that checks its arguments.

    What its own code raises besides keeps its words: whoever calls a hook of a value says where it was.
    """
    name = function.__name__
    method = function.__qualname__ != name

    @wraps(function)
    def checking(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            check_arguments(function, args, kwargs)
        except PatternError as error:
            raise trimmed(error, f"{type(args[0]).__name__}: {name}()" if method else name) from None
        try:
            return function(*args, **kwargs)
        except PatternError as error:
            raise trimmed(error, "" if method or error.who else name) from None

    return checking


def named_constructor(function: Callable[P, T]) -> Callable[P, T]:
    """A constructor with a name of its own speaks as its class, whatever values it makes on the way."""

    @wraps(function)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except PatternError as error:
            # a class method: the class comes first, then the name of what has one
            cls, name = args[0], args[1] if len(args) > 1 else kwargs.get("name")
            who = cls.__name__ if isinstance(cls, type) else ""
            if isinstance(name, str) and "name" in getattr(cls, "__dataclass_fields__", {}):
                who = f"{who} {name!r}"
            error.who = ""
            raise trimmed(error, who) from None

    return speaking


def check_arguments(function: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Compare arguments with the annotations of the function that gets them; ``self`` has none.

    A missing or unknown argument is left to Python.

    Raises:
        WrongType: with the right call.
    """
    known = _ARGUMENTS.get(function)
    if known is None:
        known = _ARGUMENTS[function] = _Arguments(function)
    for value, (name, kind) in zip(args, known.positional, strict=False):
        if kind is not None and not is_kept(kind, value):
            taken(name, kind, value)
    if known.several is not None:
        for value in args[len(known.positional) :]:
            taken(*known.several, value)
    check_named(known.kinds, kwargs)


def check_named(kinds: Mapping[str, Kind], given: Mapping[str, Any]) -> None:
    """Compare arguments with the kinds of those names; one of another name is left to Python.

    Raises:
        WrongType: with the right call.
    """
    for name, value in given.items():
        kind = kinds.get(name)
        if kind is not None and not is_kept(kind, value):
            taken(name, kind, value)


class _Arguments:
    """What a function takes."""

    __slots__ = ("kinds", "positional", "several")

    def __init__(self, function: Callable[..., object]) -> None:
        code = function.__code__
        names, kinds = kinds_of_arguments(function)
        # of what may be anything nothing is asked
        self.kinds = {name: kind for name, kind in kinds.items() if type(kind) is not Kind}
        self.positional = tuple((name, self.kinds.get(name)) for name in names[: code.co_argcount])
        #: the name and kind of ``*args``
        self.several = (names[-1], self.kinds.get(names[-1])) if len(names) > code.co_argcount else None

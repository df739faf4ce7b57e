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
_KINDS: dict[object, tuple[tuple[str, ...], dict[str, Kind]]] = {}


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


def check_arguments(function: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Compare arguments with the annotations of the function that gets them; ``self`` has none.

    A missing or unknown argument is left to Python.

    Raises:
        WrongType: with the right call.
    """
    known = _KINDS.get(function)
    if known is None:
        known = _KINDS[function] = kinds_of_arguments(function)
    names, kinds = known
    for at, value in enumerate(args):
        # what is beyond the last name is one of several of it
        name = names[at] if at < len(names) else names[-1] if names else ""
        kind = kinds.get(name)
        if kind is not None and not is_kept(kind, value):
            taken(name, kind, value)
    for name, value in kwargs.items():
        kind = kinds.get(name)
        if kind is not None and not is_kept(kind, value):
            taken(name, kind, value)

"""A default that may be replaced, and how its replacement is found; the catalogue is in `patterns.defaults`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Default(Generic[T_co]):
    """A default that an app, a chart or a workload may replace; it is its own key.

    It stands in signatures, so that a value given is told from a value left out.
    """

    def __init__(self, value: T_co) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Default({self.value!r})"


#: replacements by the marker that they replace
Defaults = Mapping[Default[Any], object]


def resolved(option: T | Default[T], scopes: Iterable[Defaults]) -> T:
    """The option as given; where it was left out, the nearest replacement of its default, else the default.

    Args:
        option: what stands in the parameter: a value, or the marker of the signature.
        scopes: mappings from the inside (workload) to the outside (app).
    """
    if not isinstance(option, Default):
        return option
    for scope in scopes:
        if option in scope:
            # the mapping is keyed by the marker, so what it holds has the marker's type
            replacement: T = scope[option]  # type: ignore[assignment]
            return replacement
    return option.value

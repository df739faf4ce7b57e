"""What follows from a frozen value, kept with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from patterns.model.frozen import FrozenMap
from patterns.model.value import OTHERS, Value, signature_of

T = TypeVar("T")


def wholly_ours(value: object) -> bool:
    """Whether no class of a user's is in the value, whose methods may answer otherwise next time."""
    if not OTHERS:
        # nobody has any, and nothing need be looked at
        return True
    if isinstance(value, Value):
        known: bool | None = value.__dict__.get("_wholly_ours")
        if known is None:
            signature = signature_of(type(value))
            known = signature.ours and all(wholly_ours(getattr(value, name)) for name in signature.defaults)
            object.__setattr__(value, "_wholly_ours", known)
        return known
    if isinstance(value, FrozenMap):
        return all(map(wholly_ours, value.values()))
    return not isinstance(value, tuple) or all(map(wholly_ours, value))


def derived(value: Value, key: Hashable, make: Callable[[], T]) -> T:
    """What follows from a value, found out once: defaults serve many containers.

    With a class of a user's in the value, it is found out each time.

    Args:
        value: the value.
        key: the function that finds it out, with what else it gets.
        make: calls it.
    """
    if OTHERS and not wholly_ours(value):
        return make()
    known: dict[Hashable, T] | None = value.__dict__.get("_derived")
    if known is None:
        known = {}
        object.__setattr__(value, "_derived", known)
    if key not in known:
        known[key] = make()
    return known[key]

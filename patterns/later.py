"""Modules that are imported when a name of theirs is first asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

from patterns.errors import PatternError


def later(package: str, places: Mapping[str, str]) -> tuple[Callable[[], list[str]], Callable[[str], object]]:
    """``__dir__`` and ``__getattr__`` of a package whose names are elsewhere.

    Args:
        package: its name.
        places: the module of each public name; a module is a name of its package, and its own place.
    """
    own = vars(sys.modules[package])

    def names() -> list[str]:
        return sorted({*own, *places})

    def get(name: str) -> object:
        module = places.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            found = import_module(module)
        except PatternError as error:
            # such as that there is no Node; how modules import each other says nothing of it
            raise error.with_traceback(None) from None
        value = own[name] = found if module == f"{package}.{name}" else getattr(found, name)
        return value

    return names, get

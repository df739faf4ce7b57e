"""Python's garbage collection, out of the way while a synthesis makes much that all ends with it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """No cycles are looked for meanwhile: those that a synthesis makes are needed until its end, and each search walks
    through the whole tree.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

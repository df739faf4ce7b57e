"""The shell scripts of this folder: constant text, which gets all it has to know as arguments."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.model import literal
from patterns.pod.script import script_beside

_TAIL = script_beside(__file__, "tail.sh")
_DRAIN = script_beside(__file__, "drain.sh")

#: from the stop signal to the end of ``tail``: two seconds, and room for a busy node
TAIL_GRACE_SECONDS = 5


def tail(name: str, paths: Sequence[str]) -> list[str]:
    """Prints every line of the files, and what is written to them later.

    ``tail -F`` waits for a file that is not there yet, and follows its name through a rotation; ``-q`` leaves out the
    headings which would stand between lines of JSON otherwise. It ends by itself with an error only.

    Args:
        name: of the container, for its own messages.
        paths: of the files.
    """
    return ["sh", "-c", _TAIL, name, *(literal(path) for path in paths)]


def drain(name: str, seconds: int) -> list[str]:
    """Ends so many seconds after its stop signal."""
    return ["sh", "-c", _DRAIN, name, str(seconds)]

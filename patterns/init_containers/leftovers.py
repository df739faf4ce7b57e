"""What killed runs of an init container leave in a volume that outlives their pods."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.model import EmptyDir, Volume, VolumeMount
from patterns.pod.script import script_beside

_SWEEP = script_beside(__file__, "sweep.sh")


def sweeping(command: Sequence[str], name: str, *, into: VolumeMount, target: str) -> list[str]:
    """The command, and before it one that takes away what pods of other names left unfinished in the volume.

    An ``emptyDir`` ends with its pod, and a run takes away what its own pod left; so there the command is all.

    Args:
        command: works in ``.<name>.<pod>.unfinished`` in the directory, and nowhere else before it is done.
        name: of the container.
        into: the volume.
        target: the directory, where the container sees it.
    """
    if isinstance(into.volume, Volume) and isinstance(into.volume.source, EmptyDir):
        return [*command]
    return ["sh", "-c", _SWEEP, name, target, *command]

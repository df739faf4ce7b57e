"""A directory that the containers of a pod share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.defaults import SCRATCH_SIZE_LIMIT, Default
from patterns.errors import InvalidValue
from patterns.model import JsonObject, Volume, VolumeMount
from patterns.model.json import text_at
from patterns.model.names import numeric_id
from patterns.model.quantity import quantity
from patterns.model.value import replace
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.room import memory_limit, size_in_memory

if TYPE_CHECKING:
    from constructs import Construct


class SharedScratch(Pattern):
    """Gives the pod an ``emptyDir`` that several of its containers mount.

    The directory is there as long as the pod is on its node: it survives a container's restart, not the pod.
    https://kubernetes.io/docs/concepts/storage/volumes/#emptydir

    Args:
        scope: the workload.
        id: the volume's name (DNS-1123 label).
        mount_path: absolute path on which the containers mount it.
        writers: names of the application containers that write; default all that are no readers. With none at all,
            the volume is there for patterns: one that nobody mounts stops the synthesis.
        readers: names of the application containers that only read, and get it read-only.
        size_limit: quantity such as 256Mi; over it the kubelet evicts the pod. ``None`` renders no limit, and then
            one pod can fill the disk of its node.
        medium: ``"Memory"`` for a tmpfs, which counts against the memory limits of the containers that write and needs
            a ``size_limit`` below them; ``"HugePages"`` and its sizes; default the node's disk.
        fs_group: number of the group that owns the pod's volumes and that every container is a member of, so that
            containers of different users can share the files. A pod has one: it is the same as the workload's, or the
            only one. https://kubernetes.io/docs/tasks/configure-pod-container/security-context/

    Raises:
        InvalidValue: for a bad path, quantity or medium, a container in both lists, or a writer whose memory limit a
            volume in memory would fill.
        NotFound: for a container that the workload does not have.
        Conflict: when something else is mounted on ``mount_path``, another volume has this name, or the pod has another
            ``fsGroup``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        mount_path: str,
        writers: Sequence[str] | None = None,
        readers: Sequence[str] = (),
        size_limit: str | Default[str] | None = SCRATCH_SIZE_LIMIT,
        medium: str | None = None,
        fs_group: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        both = sorted(set(writers or ()) & set(readers))
        if both:
            raise InvalidValue(f"container {both[0]!r} is named in writers and in readers; a writer reads as well")
        if writers is None:
            writers = [name for name in self.workload.application_containers if name not in readers]
        volume = Volume.empty_dir(id, size_limit=self.default(size_limit), medium=medium)
        self._patterns_mount = VolumeMount(volume=volume, mount_path=mount_path)
        self._check_memory(writers)
        mounts = {name: [self._patterns_mount] for name in writers}
        mounts.update({name: [replace(self._patterns_mount, read_only=True)] for name in readers})
        numeric_id(fs_group, "fs_group")
        pod: JsonObject = {} if fs_group is None else {"securityContext": {"fsGroup": fs_group}}
        self.contribute(Contribution(mounts=mounts, pod=pod, shares=[id]))

    def _check_memory(self, writers: Sequence[str]) -> None:
        size = size_in_memory(self._patterns_mount)
        if size is None:
            return
        for container in self.workload.pod.containers():
            limit = memory_limit(container)
            if text_at(container, "name") in writers and limit is not None and limit <= quantity(size, "size_limit"):
                raise InvalidValue(
                    f"size_limit must be less than the memory limit of {text_at(container, 'name')!r}, {limit}, got "
                    f"{size}: a volume in memory counts against it, and the container would be killed before the "
                    "volume is full; give less, or the container more"
                )

    @property
    def mount(self) -> VolumeMount:
        """What other patterns take: ``logs=scratch.mount``; those that only read mount it read-only."""
        return self._patterns_mount

"""The volume that an init container fills, as its own container sees it."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.errors import InvalidValue
from patterns.model import (
    HostPath,
    JsonObject,
    Nfs,
    ResourceRequirements,
    SecurityContext,
    Volume,
    VolumeMount,
)
from patterns.model.quantity import quantity
from patterns.pod.identity import Identity, identity_of, reads_everything
from patterns.pod.room import missing_on_disk, size_in_memory, size_limit_of, with_disk, with_memory
from patterns.workloads.pod_holder import PodHolder

#: the kubelet gives no group to these: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
_WITHOUT_FS_GROUP = (HostPath, Nfs)


def check_application_reads(
    mode: int | None,
    into: VolumeMount,
    context: SecurityContext | None,
    workload: PodHolder,
    beside: tuple[str, ...],
) -> None:
    """Raises: InvalidValue for files that the application could not read, unless it is a root that reads everything.

    Args:
        mode: of the files.
        into: the volume.
        context: of the container that writes them.
        workload: whose pod it is.
        beside: the application containers that share the volume.
    """
    spec = workload.pod.spec
    if not reads_everything(spec, beside or workload.application_containers):
        check_readable(mode, into, identity_of(context, spec), workload.identity(beside))


def check_readable(mode: int | None, into: VolumeMount, seeder: Identity, application: Identity) -> None:
    """Raises: InvalidValue for files that the application could not read, as far as the pod tells who is who.

    The kernel looks at one class of permissions only: the owner's, else the group's, else the others'.
    https://man7.org/linux/man-pages/man7/path_resolution.7.html

    Args:
        mode: of the files; None for that of an image's file, which is not known here.
        into: the volume; the kubelet makes its ``fsGroup`` the group of new files, and every container is a member.
        seeder: as whom the files are written.
        application: as whom they are read.
    """
    if mode is None:
        return
    source = into.volume.source if isinstance(into.volume, Volume) else None
    by_fs_group = application.fs_group is not None and not isinstance(source, _WITHOUT_FS_GROUP)
    if seeder.run_as_user is not None and seeder.run_as_user == application.run_as_user:
        needed = 0o400
    elif by_fs_group or (seeder.run_as_group is not None and seeder.run_as_group == application.run_as_group):
        needed = 0o040
    else:
        needed = 0o004
    if mode & needed:
        return
    owner = "the user of the seeder's image" if seeder.run_as_user is None else f"user {seeder.run_as_user}"
    reader = "is not known" if application.run_as_user is None else f"is {application.run_as_user}"
    raise InvalidValue(
        f"mode must let the application read, got '{mode:04o}': the files belong to {owner}, and the application's "
        f"user {reader}; write '{mode | needed:04o}', or give both one user: security=Security(run_as_user=...) of the "
        "workload"
    )


def written_files(into: VolumeMount, contents: Mapping[str, str], mode: int | None) -> dict[str, dict[str, str]]:
    """The files of a contribution: by the volume and the path in it, what tells their content and mode."""
    above = into.sub_path or into.sub_path_expr or ""
    return {into.volume_name: {f"{above}/{p}".lstrip("/"): f"{told} {mode}" for p, told in contents.items()}}


def check_room(into: VolumeMount, contents: Mapping[str, bytes]) -> None:
    """Raises: InvalidValue when the files are larger than the volume: the kubelet would evict the pod."""
    limit = size_limit_of(into)
    total = sum(len(content) for content in contents.values())
    if limit is not None and quantity(total, "files") > quantity(limit, "size_limit"):
        raise InvalidValue(
            f"files must fit into the volume {into.volume_name!r}, which holds {limit}, got {total} "
            "bytes; raise its size_limit"
        )


def with_room(
    resources: ResourceRequirements, into: VolumeMount, spec: JsonObject, *, bounded: bool
) -> ResourceRequirements | None:
    """With what the volume may hold: a request for the node's disk, or more memory, against which a tmpfs counts.

    Args:
        resources: the default ones.
        into: the volume.
        spec: the pod spec; what another container asks for already is not asked for again.
        bounded: whether the files are at most 1 MiB, for which the default memory is enough.
    """
    memory = size_in_memory(into)
    if memory is not None and not bounded and "memory" in resources.limits:
        return with_memory(resources, memory)
    return with_disk(resources, missing_on_disk(spec, into))

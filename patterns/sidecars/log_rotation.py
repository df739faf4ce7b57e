"""A sidecar that rotates the log files of the application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import BUSYBOX_IMAGE, CONTAINER_SECURITY, NATIVE_SIDECARS, SMALL_RESOURCES, Default
from patterns.errors import InvalidValue
from patterns.model import (
    Container,
    EnvSource,
    EnvVar,
    ResourceRequirements,
    Security,
    VolumeMount,
    literal,
)
from patterns.model.env import variables_of
from patterns.model.names import process_text, whole_number
from patterns.model.paths import relative_path
from patterns.model.quantity import quantity, whole_bytes
from patterns.model.value import replace
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.expansion import with_expansion
from patterns.pod.room import missing_on_disk, size_limit_of, total, with_disk
from patterns.pod.script import script_beside
from patterns.sidecars.log_reopening import Reopening, ReopenOnSignal, script_arguments
from patterns.sidecars.process_signal import check_same_user

if TYPE_CHECKING:
    from constructs import Construct

#: what it has to know it gets as arguments, so that no text of a user is in it
SCRIPT = script_beside(__file__, "rotate.sh")
LOGS_PATH = "/rotated-logs"


class LogRotation(Pattern):
    """Gives the pod a container that rotates the application's log files, so that their volume never fills.

    An application that rotates its files itself needs none, and one that logs to its standard output has none. Every
    ``interval_seconds`` it looks at the files. One over ``max_size`` becomes ``<file>.1``, what was that ``<file>.2``,
    and so on up to ``keep``; the oldest is deleted. A reader of the logs must not follow names such as
    ``access.log.1``: ``*.log`` is right, ``*.log*`` is not.

    It is a constant script of busybox, because no project publishes an image of logrotate; names and counts are those
    of logrotate's ``rotate``, ``size`` and ``nocompress``. Links in place of log files, and directories that lead out
    of the volume, are left alone. It runs as the application's user, which alone may rename its files and signal it,
    as a native sidecar (Kubernetes 1.29 or newer), and ends at once at its stop signal.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        logs: where the application writes, such as ``scratch.mount``; the sidecar sees it at ``/rotated-logs``.
        files: names below ``logs``, such as ``"access.log"``; without patterns.
        by: how the application comes to a new file: ``ReopenOnSignal(process="nginx")``, ``ReopenByItself()``, or, at
            the price of lost lines, ``CopyTruncate()``.
        max_size: of a file, quantity such as 10Mi; it grows over it by what is written in ``interval_seconds``.
        keep: old files of each, at least 1.
        interval_seconds: whole seconds between two looks.
        image: default ``BUSYBOX_IMAGE``.
        command: what runs instead of the generated command.
        env: further environment variables.
        resources: default ``SMALL_RESOURCES``, and the size of ``logs`` as a request for ephemeral storage, where they
            are an ``emptyDir`` on disk, and no container that mounts it requests that already. ``None`` renders
            nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them; ``False`` for the classic form.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a bad file name, files that would not fit into the volume, an application whose user is not
            known or root, or a classic sidecar in a pod that has to end by itself.
        WrongType: for an option of another type.
        Conflict: when the name is taken, or the pod's processes are not to be shared.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        logs: VolumeMount,
        files: Sequence[str],
        by: Reopening,
        max_size: str = "10Mi",
        keep: int = 3,
        interval_seconds: int = 10,
        image: str | Default[str] = BUSYBOX_IMAGE,
        command: Sequence[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        native: bool | Default[bool] = NATIVE_SIDECARS,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        native = self.native(native)
        _check_files(files)
        whole_number(keep, "keep", 1, 1000)
        whole_number(interval_seconds, "interval_seconds", 1)
        _check_room(logs, max_size, keep, len(files))
        spec = self.workload.pod.spec
        beside = self.sharing(logs)
        context = self.security_context(security, beside=beside)
        check_same_user(self, context, beside, "rename or signal")
        room = missing_on_disk(spec, logs) if isinstance(resources, Default) else None
        numbers = " ".join(str(number) for number in range(keep, 0, -1))
        generated = ["sh", "-c", SCRIPT, id, LOGS_PATH]
        generated += [str(int(whole_bytes(max_size, "max_size"))), str(interval_seconds), numbers]
        generated += [literal(text) for text in (*script_arguments(by), *files)]
        self.contribute(
            Contribution(
                sidecars=[
                    Container(
                        name=id,
                        image=self.default(image),
                        command=generated if command is None else command,
                        env=with_expansion(logs, variables_of(env), spec, beside),
                        resources=with_disk(self.default(resources), room),
                        volume_mounts=[
                            replace(logs, mount_path=LOGS_PATH, read_only=None, recursive_read_only=None),
                        ],
                        security_context=context,
                        termination_message_policy="FallbackToLogsOnError" if command is None else None,
                    )
                ],
                native=native,
                pod={"shareProcessNamespace": True} if isinstance(by, ReopenOnSignal) else {},
                reads=[logs.volume_name],
                before=before,
                after=after,
            )
        )


def _check_files(files: Sequence[str]) -> None:
    if not files:
        raise InvalidValue('files must name at least one file below the mount, such as files=["access.log"]')
    for index, file in enumerate(files):
        where = f"files[{index}]"
        relative_path(file, where, reserved=True)
        process_text(file, where)
        if any(part in ("", ".") for part in file.split("/")):
            raise InvalidValue(f"{where} must be a path such as 'access.log' or 'http/access.log', got {file!r}")
        if file in files[:index]:
            raise InvalidValue(f"{where} is there twice: {file!r}")
        if any(letter in file for letter in "*?["):
            raise InvalidValue(f"{where} must be the name of one file, got {file!r}; name every file")


def _check_room(logs: VolumeMount, max_size: str, keep: int, files: int) -> None:
    one = whole_bytes(max_size, "max_size")
    if int(one) == 0:
        raise InvalidValue(f"max_size must be more than nothing, got {max_size!r}")
    limit = size_limit_of(logs)
    if limit is None:
        return
    needed = total([max_size] * (files * (keep + 1)))
    if needed is not None and quantity(needed, "max_size") >= quantity(limit, "size_limit"):
        raise InvalidValue(
            f"max_size must leave the volume {logs.volume_name!r} room: {max_size} for each of {files} file"
            f"{'' if files == 1 else 's'} and its {keep} old one{'' if keep == 1 else 's'} is {needed}, and the volume "
            f"holds {limit}, over which the kubelet evicts the pod; give less, or the volume more"
        )

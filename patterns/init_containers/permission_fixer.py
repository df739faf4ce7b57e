"""An init container that gives a volume to the application's user."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.defaults import BUSYBOX_IMAGE, SMALL_RESOURCES, Default
from patterns.errors import InvalidValue
from patterns.model import Container, EmptyDir, ResourceRequirements, Security, Volume, VolumeMount
from patterns.model.names import annotation_key, numeric_id
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.script import script_beside
from patterns.pod.writable import writable

if TYPE_CHECKING:
    from constructs import Construct

#: what it has to know it gets as arguments, so that no text of a user is in it
SCRIPT = script_beside(__file__, "fix_permissions.sh")
#: where it sees the volume
TARGET = "/permission-target"
#: root with the least that it needs: to give files away, to change modes of others' files, to look into their folders
_ROOT = Security(
    run_as_non_root=False,
    run_as_user=0,
    run_as_group=0,
    add_capabilities=("CHOWN", "FOWNER", "DAC_OVERRIDE"),
    read_only_root_filesystem=True,
)
_CLAUSE = r"[ugo]*[-+=][rwX]*"


class PermissionFixer(Pattern):
    """Gives a volume, with all files in it, to the application's user and group, before the application starts.

    The last resort. First: ``fsGroup`` (``Security(fs_group=...)``, ``SharedScratch(fs_group=...)``), by which the
    kubelet does the same without a container and without root, for every volume whose driver takes part; an image with
    the right user; the right owner at the source. This is for what is left: ``hostPath``, NFS, old data.

    An init container runs as root, with the capabilities ``CHOWN``, ``FOWNER`` and ``DAC_OVERRIDE`` alone, without
    escalation, with a read-only root, and with this one volume. It changes what is not as it should be, links
    themselves and never what they lead to, and nothing on other file systems below. A marker in the volume says that it
    is done: at the next start, only the directory itself is looked at, its owner, and with ``mode`` its mode.

    A PersistentVolumeClaim is taken, since nothing here tells whether ``fsGroup`` serves it: it does where the driver's
    ``CSIDriver`` object has a ``fsGroupPolicy`` that fits, and mostly not for NFS. Where it does, this is root for
    nothing. https://kubernetes-csi.github.io/docs/support-fsgroup.html

    A pod with it does not meet Pod Security ``baseline`` or ``restricted``: its namespace has to allow it. The reason
    for that stands in the YAML, as an annotation of the pod (``permission-fixer.cdk8s-pod-patterns/<id>``).
    https://kubernetes.io/docs/concepts/security/pod-security-standards/

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        volume: the volume, as the application mounts it; its ``sub_path`` alone is changed.
        because: the reason why nothing else will do, for a reviewer, in one line.
        owner: number of the user; default the application's, where the pod tells it.
        group: number of the group; default the application's, where the pod tells it.
        mode: changes of the mode in chmod's words, such as ``"u+rwX,g+rX"``; ``X`` is for directories and programs
            alone. ``None`` changes none. Others cannot be given the right to write.
        image: with a shell, ``cat``, ``chmod``, ``chown``, ``find``, ``rm``, ``stat`` and ``tail``.
        resources: ``None`` renders nothing.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: without a reason, for an ``emptyDir``, which ``fsGroup`` serves, for a volume that is read-only,
            for a mode that opens the files to everybody, or where the pod does not tell whose the files are to be.
        Conflict: when the name is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        volume: VolumeMount,
        because: str,
        owner: int | None = None,
        group: int | None = None,
        mode: str | None = None,
        image: str | Default[str] = BUSYBOX_IMAGE,
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        if not because.strip() or not because.isprintable():
            raise InvalidValue(f"because must be the reason, in one line of text, got {because!r}")
        source = volume.volume.source if isinstance(volume.volume, Volume) else None
        if isinstance(source, EmptyDir):
            raise InvalidValue(
                f"volume must be one that fsGroup does not serve, and {volume.volume_name!r} is an emptyDir; write "
                "Security(fs_group=...) in the workload"
            )
        if mode is not None:
            _check_mode(mode)
        user = self.workload.identity(self.sharing(volume))
        owner = user.run_as_user if owner is None else owner
        group = user.run_as_group if group is None else group
        for name, number in (("owner", owner), ("group", group)):
            if number is None:
                raise InvalidValue(
                    f"{name} must be given, since the pod does not tell it; better, write security=Security("
                    "run_as_user=..., run_as_group=...) in the workload"
                )
            numeric_id(number, name)
        annotation = f"permission-fixer.cdk8s-pod-patterns/{id}"
        annotation_key(annotation, "id")
        self.contribute(
            Contribution(
                init_containers=[
                    Container(
                        name=id,
                        image=self.default(image),
                        command=["sh", "-c", SCRIPT, id, TARGET, str(owner), str(group), mode or ""],
                        resources=self.default(resources),
                        volume_mounts=[writable(volume, TARGET)],
                        security_context=_ROOT.container(),
                        termination_message_policy="FallbackToLogsOnError",
                    )
                ],
                annotations={annotation: because},
                before=before,
                after=after,
            )
        )


def _check_mode(mode: str) -> None:
    if not re.fullmatch(rf"{_CLAUSE}(,{_CLAUSE})*", mode):
        raise InvalidValue(f"mode must be in chmod's words, such as 'u+rwX,g+rX', got {mode!r}")
    for clause in mode.split(","):
        who, _, rights = re.split("([-+=])", clause, maxsplit=1)
        if "w" in rights and "-" not in clause and (not who or "o" in who):
            raise InvalidValue(f"mode must not let everybody write, got {mode!r}; give the group the right: 'g+rwX'")

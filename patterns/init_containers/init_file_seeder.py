"""An init container that puts files into a volume before the application starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from patterns.defaults import BUSYBOX_IMAGE, CONTAINER_SECURITY, SMALL_RESOURCES, Default
from patterns.errors import InvalidValue
from patterns.init_containers.leftovers import sweeping
from patterns.init_containers.seed_files import check_secrets, checked_files, config_map_volume
from patterns.init_containers.seed_source import (
    SOURCE,
    TARGET,
    FromConfigMap,
    FromDirectory,
    FromImage,
    FromSecret,
    SeedSource,
)
from patterns.init_containers.seed_target import check_application_reads, check_room, with_room, written_files
from patterns.model import (
    Container,
    EnvSource,
    EnvVar,
    ResourceRequirements,
    Security,
    Volume,
    VolumeMount,
    literal,
)
from patterns.model.env import variables_of
from patterns.model.names import name_beside
from patterns.model.paths import file_mode, normalised_path
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.expansion import with_expansion
from patterns.pod.script import script_beside
from patterns.pod.versions import supports
from patterns.pod.writable import writable

if TYPE_CHECKING:
    from constructs import Construct

#: what it has to know it gets as arguments, so that no text of a user is in it
SCRIPT = script_beside(__file__, "seed.sh")


class InitFileSeeder(Pattern):
    """Gives a volume its first files, before the application starts.

    An init container copies them. Every file appears whole or not at all: it is written under another name in the same
    volume, synced, and renamed. When the pod's sandbox is rebuilt, init containers run again with the old files there;
    this one then writes the same files again. It replaces files and links of the same names and leaves everything else,
    so what is no longer seeded stays in a volume that outlives the pod.

    Text, bytes and a directory of the repository go into a ConfigMap of the workload. It is immutable and has the hash
    of its content in its name, so a changed file is a new ConfigMap: the pods of a Deployment, StatefulSet or DaemonSet
    roll, and never find the old files with the new template. A Job and a Pod cannot be changed: they are made anew.

    It runs as the application's user where the pod tells it, so that the application owns the files; only root could
    give them away. Where the pod does not tell it, or it is root, it is user 65532, and the application may read the
    files (0644 in directories of 0755) and not change them; a ``mode`` by which it could not is refused.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        into: the volume, such as ``scratch.mount``; its ``sub_path`` is where the files go. The seeder sees it at
            ``/seed-target``, or at its own ``mount_path`` with ``command``.
        files: text or bytes by path below ``into``, or ``FromDirectory("site")``, ``FromConfigMap("pages")``,
            ``FromSecret("certs")``, ``FromImage("registry.example.com/site:1.2", "/site")``.
        mode: of every file, ``"0644"`` or ``0o644``; ``None`` keeps that of an image's file, less 022.
        not_secret: the reason why a file that looks like a secret is none; not rendered.
        image: of the container; default ``BUSYBOX_IMAGE``, and with ``FromImage`` the image itself where the target is
            older than Kubernetes 1.35, which mounts images.
        command: what runs instead of the generated command; ``files``, where given, are below ``/seed-source``.
        env: further environment variables. Those of a ``sub_path_expr`` in ``into`` are copied from the application's
            containers.
        resources: default ``SMALL_RESOURCES``, and the size of an ``emptyDir`` as a request for ephemeral storage, or
            with ``FromImage`` and an ``emptyDir`` in memory as more memory. The pod requests what its largest init
            container does, where its application requests less; so nothing is requested where a container that runs on
            mounts the volume and requests ephemeral storage. ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing, except the user in a pod with ``runAsNonRoot``, without which it would not start.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a bad path or mode, for files that the application could not read, that are over 1 MiB or over
            the volume's size, for what looks like a secret, for a volume that is read-only, or for a ``sub_path_expr``
            whose variables cannot be copied.
        WrongType: for an option of another type.
        NotFound: for a directory that is not there.
        Conflict: when the name is taken, or when another contributor writes something else to a path of the volume. The
            same file from two is written twice.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        into: VolumeMount,
        files: Mapping[str, str | bytes] | SeedSource | None = None,
        mode: int | str | None = "0644",
        not_secret: str | None = None,
        image: str | Default[str] = BUSYBOX_IMAGE,
        command: Sequence[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        if files is None and command is None:
            raise InvalidValue('files must be given, such as files={"index.html": "<h1>Shop</h1>\\n"}, or command=')
        target = writable(into, TARGET if command is None else into.mount_path)
        mounted = supports(self.workload.target, "image-volume")
        if isinstance(files, FromImage) and not mounted and not isinstance(image, Default):
            raise InvalidValue(f"image must be left out with FromImage, whose own image runs, got {image!r}")
        source: Volume | None = None
        told: dict[str, str] = {}
        if isinstance(files, (FromConfigMap, FromSecret)):
            source = files.volume(name_beside(id, "files"))
            told = files.told()
        elif isinstance(files, FromImage) and mounted:
            source = Volume.image(name_beside(id, "files"), files.image)
        elif files is not None and not isinstance(files, FromImage):
            contents = checked_files(files.contents() if isinstance(files, FromDirectory) else files)
            check_secrets(contents, not_secret)
            check_room(into, contents)
            source = config_map_volume(self, id, "files", contents)
            told = {path: sha256(content).hexdigest() for path, content in contents.items()}
        beside = self.sharing(into)
        context = self.security_context(security, beside=beside)
        spec = self.workload.pod.spec
        permissions = file_mode(mode, "mode")
        if command is None:
            check_application_reads(permissions, into, context, self.workload, beside)
        requirements = self.default(resources)
        if requirements is not None and isinstance(resources, Default) and files is not None:
            requirements = with_room(requirements, into, spec, bounded=not isinstance(files, FromImage))
        words = [*command] if command is not None else _command(id, into, files, permissions, mounted=mounted)
        self.contribute(
            Contribution(
                init_containers=[
                    Container(
                        name=id,
                        image=files.image if isinstance(files, FromImage) and not mounted else self.default(image),
                        command=words,
                        env=with_expansion(into, variables_of(env), spec, beside),
                        resources=requirements,
                        volume_mounts=[
                            *([VolumeMount(volume=source, mount_path=SOURCE, read_only=True)] if source else []),
                            target,
                        ],
                        security_context=context,
                        termination_message_policy="FallbackToLogsOnError" if command is None else None,
                    )
                ],
                # what becomes of them is a command's own affair
                files=written_files(into, told, permissions) if told and command is None else {},
                before=before,
                after=after,
            )
        )


def _command(name: str, into: VolumeMount, files: object, mode: int | None, *, mounted: bool) -> list[str]:
    source = SOURCE
    if isinstance(files, FromImage):
        source = literal(normalised_path(f"{SOURCE}/{files.path}") if mounted else files.path)
    words = ["sh", "-c", SCRIPT, name, source, TARGET, *([] if mode is None else [f"0{mode:03o}"])]
    return sweeping(words, name, into=into, target=TARGET)

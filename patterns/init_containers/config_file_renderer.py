"""An init container that renders configuration files before the application starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from patterns.defaults import BUSYBOX_IMAGE, CONTAINER_SECURITY, SMALL_RESOURCES, Default
from patterns.init_containers.leftovers import sweeping
from patterns.init_containers.seed_files import check_secrets, checked_files, config_map_volume
from patterns.init_containers.seed_target import check_application_reads, check_room, with_room, written_files
from patterns.init_containers.template import checked_templates, variables_for
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
from patterns.model.paths import file_mode
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.expansion import with_expansion
from patterns.pod.script import script_beside
from patterns.pod.writable import writable

if TYPE_CHECKING:
    from constructs import Construct

#: what it has to know it gets as arguments, so that no text of a user is in it
SCRIPT = script_beside(__file__, "render.sh")
#: where it sees the templates, and the volume
SOURCE = "/render-templates"
TARGET = "/render-target"


class ConfigFileRenderer(Pattern):
    """Gives a volume configuration files made of templates and values, before the application starts.

    An application that reads environment variables needs none; this is for those that read a file, part of which is
    known in the cluster alone: a password of a Secret, the pod's address.

    In a template, ``${NAME}`` is the value of that name, as it is: what looks like a variable in a value is text, and
    no quotes are added. ``$${`` is ``${`` itself. A variable without a value is an error, here where it can be seen,
    else in the container, with its name, template and line. All files are rendered to another place in the same volume
    and checked before the first one is renamed, so that the application finds each file whole or not at all; a second
    run, when the pod's sandbox is rebuilt, replaces them.

    Templates stand in an immutable ConfigMap with the hash of their content in its name, so a changed template rolls
    the pods. Values are environment variables of this container alone.

    It runs as the application's user where the pod tells it, else as user 65532.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        into: the volume, such as ``scratch.mount``; its ``sub_path`` is where the files go.
        templates: text by path below ``into``. A line end is added at the end where there is none.
        values: by the names in the templates: text, or what comes from the cluster: ``SecretKey``, ``ConfigMapKey``,
            ``FieldPath``, ``ResourceField``.
        mode: of every file, ``"0644"`` or ``0o644``.
        check: a command that says whether the files are well, with ``{}`` where the directory that holds them belongs:
            ``["nginx", "-t", "-c", "{}/nginx.conf"]``. Where it fails, nothing is renamed.
        not_secret: the reason why a template that looks like a secret is none; not rendered.
        image: with a shell, ``awk``, and the program of ``check``.
        env: further environment variables, such as ``check`` needs.
        resources: default ``SMALL_RESOURCES``, and the size of an ``emptyDir`` as a request for ephemeral storage.
            ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a bad path or mode, a variable without a value, a value that is in no template, templates over
            1 MiB or that look like a secret, files that the application could not read, or a volume that is read-only.
        Conflict: when the name is taken, or when another contributor writes something else to a path of the volume.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        into: VolumeMount,
        templates: Mapping[str, str],
        values: Mapping[str, str | EnvSource],
        mode: int | str = "0644",
        check: Sequence[str] = (),
        not_secret: str | None = None,
        image: str | Default[str] = BUSYBOX_IMAGE,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        target = writable(into, TARGET)
        contents = checked_files(checked_templates(templates, values), "templates")
        check_secrets(contents, not_secret, "templates")
        check_room(into, contents)
        source = config_map_volume(self, id, "templates", contents)
        spec = self.workload.pod.spec
        beside = self.sharing(into)
        context = self.security_context(security, beside=beside)
        permissions = file_mode(mode, "mode")
        check_application_reads(permissions, into, context, self.workload, beside)
        requirements = self.default(resources)
        if requirements is not None and isinstance(resources, Default):
            requirements = with_room(requirements, into, spec, bounded=True)
        variables = variables_for(values)
        put_in = repr([variable.render() for variable in variables]).encode()
        told = {path: sha256(text + put_in).hexdigest() for path, text in contents.items()}
        words = [
            SOURCE,
            TARGET,
            f"0{permissions:03o}",
            str(len(contents)),
            *(literal(path) for path in contents),
            *check,
        ]
        self.contribute(
            Contribution(
                init_containers=[
                    Container(
                        name=id,
                        image=self.default(image),
                        command=sweeping(["sh", "-c", SCRIPT, id, *words], id, into=into, target=TARGET),
                        env=[*with_expansion(into, variables, spec, beside), *variables_of(env)],
                        resources=requirements,
                        volume_mounts=[VolumeMount(volume=source, mount_path=SOURCE, read_only=True), target],
                        security_context=context,
                        termination_message_policy="FallbackToLogsOnError",
                    )
                ],
                files=written_files(into, told, permissions),
                before=before,
                after=after,
            )
        )

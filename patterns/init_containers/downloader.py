"""An init container that downloads a file before the application starts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import CONTAINER_SECURITY, CURL_IMAGE, DOWNLOAD_RESOURCES, Default
from patterns.errors import InvalidValue
from patterns.init_containers.download_source import (
    FILES,
    CurlFiles,
    checked_packing,
    checked_url,
    file_name,
    most_bytes,
)
from patterns.init_containers.leftovers import sweeping
from patterns.init_containers.seed_target import check_application_reads, with_room, written_files
from patterns.model import (
    ConfigMapKey,
    Container,
    EnvSource,
    EnvVar,
    ResourceRequirements,
    SecretKey,
    Security,
    VolumeMount,
    literal,
)
from patterns.model.env import variables_of
from patterns.model.names import name_beside, whole_number
from patterns.model.paths import file_mode
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.expansion import with_expansion
from patterns.pod.script import script_beside
from patterns.pod.writable import writable

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from constructs import Construct

    # not there when it runs, so that `checked_packing` says what to do with a zip
    Packed: TypeAlias = Literal["tar", "tar.gz"]

#: what it has to know it gets as arguments, so that no text of a user is in it
SCRIPT = script_beside(__file__, "download.sh")
#: where it sees the volume
TARGET = "/download-target"


class Downloader(Pattern):
    """Gives a volume a file from the network, before the application starts: the right one, whole, or none.

    An init container downloads it under another name in the same volume, goes on where a connection ended, compares
    its sha256 with the one that is given here, and renames it. When it runs again and the file is there, with the
    marker of this checksum beside it, nothing is downloaded. A server that stalls, cuts off, or sends an error page as
    the file is asked again, with growing pauses, until ``timeout_seconds`` are over.

    Several pods may share the volume: each writes under a name of its own until the file is whole.

    On Kubernetes 1.35 or newer, data in an OCI image can be mounted without any download (``Volume.image``); files of
    the repository belong in an ``InitFileSeeder``.

    It runs as the application's user where the pod tells it, else as user 65532.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        into: the volume, such as ``scratch.mount``; its ``sub_path`` is where the file goes.
        url: ``https://``; a redirect is followed to https alone.
        sha256: of what is downloaded, 64 hexadecimal digits. Another content behind the same address is refused.
        file: the name in ``into``; default the last part of the address.
        extract: ``"tar"`` or ``"tar.gz"``: what is in the archive becomes the directory ``file``. An archive with
            links, devices, or names that lead out of it is refused. There is no ``"zip"``: pack it anew.
        mode: of the file, ``"0644"`` or ``0o644``; what is in an archive keeps its own, less 022.
        max_size: quantity such as 2Gi, of what is downloaded, and of what is unpacked; default the size of an
            ``emptyDir``, else none.
        timeout_seconds: whole seconds in all.
        header: a header with what is secret, whole in a Secret: ``Authorization: Bearer abc``. curl sends it to the
            host of the address alone, not to where that redirects.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.
        allow_plaintext: the reason why ``http://`` will do; not rendered. The checksum is still compared.
        image: with ``curl`` and a shell.
        env: further environment variables, such as ``HTTPS_PROXY``.
        resources: default ``DOWNLOAD_RESOURCES``, and the size of an ``emptyDir`` as a request for ephemeral storage,
            or as more memory. ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for an address that is not https, a bad checksum, name, mode or size, a volume that is read-only,
            or a file that the application could not read.
        Conflict: when the name is taken, or when another contributor writes something else to a path of the volume.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        into: VolumeMount,
        url: str,
        sha256: str,
        file: str | None = None,
        extract: Packed | None = None,
        mode: int | str = "0644",
        max_size: str | None = None,
        timeout_seconds: int = 900,
        header: SecretKey | None = None,
        ca: SecretKey | ConfigMapKey | None = None,
        allow_plaintext: str | None = None,
        image: str | Default[str] = CURL_IMAGE,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = DOWNLOAD_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        checked_url(url, allow_plaintext)
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise InvalidValue(f"sha256 must be 64 hexadecimal digits in lower case, got {sha256!r}")
        packed = checked_packing(extract)
        whole_number(timeout_seconds, "timeout_seconds", 1)
        permissions = file_mode(mode, "mode")
        spec = self.workload.pod.spec
        beside = self.sharing(into)
        context = self.security_context(security, beside=beside)
        if extract is None:
            check_application_reads(permissions, into, context, self.workload, beside)
        name = file_name(file, url)
        requirements = self.default(resources)
        if requirements is not None and isinstance(resources, Default):
            requirements = with_room(requirements, into, spec, bounded=False)
        curl = CurlFiles(header=header, ca=ca)
        words = (
            *(literal(url), sha256, TARGET, literal(name), str(most_bytes(max_size, into))),
            *(str(timeout_seconds), f"0{permissions:03o}", packed),
            *("--proto", "=https" if allow_plaintext is None else "=http,https"),
            *("--proto-redir", "=https" if url.startswith("https:") else "=http,https"),
            *curl.options(),
        )
        self.contribute(
            Contribution(
                init_containers=[
                    Container(
                        name=id,
                        image=self.default(image),
                        command=sweeping(["sh", "-c", SCRIPT, id, *words], id, into=into, target=TARGET),
                        env=with_expansion(into, variables_of(env), spec, beside),
                        resources=requirements,
                        volume_mounts=[*curl.mounts(name_beside(id, "files"), FILES), writable(into, TARGET)],
                        security_context=context,
                        termination_message_policy="FallbackToLogsOnError",
                    )
                ],
                files=written_files(into, {name: sha256}, permissions) if extract is None else {},
                before=before,
                after=after,
            )
        )

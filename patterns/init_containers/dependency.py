"""What a ``WaitFor`` waits for: any value that gives an ``Attempt``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Protocol, runtime_checkable

from patterns.defaults import Default
from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, EnvSource, JsonObject, SecretKey, VolumeMount
from patterns.model.calls import checked
from patterns.model.frozen import NOTHING
from patterns.model.json import objects_at, text_at
from patterns.model.names import process_text
from patterns.model.value import Value, dataclass
from patterns.objects.api_access import PolicyRule
from patterns.pod.key_files import key_file_mounts

#: where `Attempt.files` are mounted
FILES = "/wait-files"


@dataclass(frozen=True, kw_only=True)
class Attempt(Value):
    """How to ask once whether a dependency is ready.

    Args:
        what: what is waited for, as it stands in messages: ``"PostgreSQL at db:5432"``.
        command: succeeds with 0 when it is ready; 120 says that it never will be. The end of what it says is told. It
            runs below a POSIX shell with ``timeout``, ``tail``, ``tr`` and ``od``, which the image has to have.
        image: that has the command.
        env: environment variables of the command; what is secret is a ``SecretKey``.
        files: keys that are mounted as files below ``/wait-files``, by file name, such as an authority's certificate.
        api: what the command has to ask of the Kubernetes API.
        host: whom it asks, and at which ``port``: so that a port of the pod's own application, which starts when all
            init containers have ended, is refused.
        port: 1-65535.
    """

    what: str
    command: Sequence[str]
    image: Default[str] | str
    env: Mapping[str, str | EnvSource] = NOTHING
    files: Mapping[str, SecretKey | ConfigMapKey] = NOTHING
    api: Sequence[PolicyRule] = ()
    host: str | None = None
    port: int | None = None

    def __post_init__(self) -> None:
        process_text(self.what, "what")
        if not self.command or isinstance(self.command, str):
            raise InvalidValue('command must be a list of words, such as ["pg_isready"]')

    @checked
    def check_starts_before(self, spec: JsonObject, what: str) -> None:
        """Raises: InvalidValue where it asks a container of the pod that starts after all init containers."""
        if not _is_loopback(self.host):
            return
        for container in objects_at(spec, "containers"):
            name = text_at(container, "name")
            if any(port.get("containerPort") == self.port for port in objects_at(container, "ports")):
                raise InvalidValue(
                    f"{what} must not ask port {self.port} of container {name!r} of the same pod, which starts when "
                    "all init containers have ended, so that neither ever would; let the application try again by "
                    "itself, or make what it needs a native Sidecar"
                )

    @checked
    def mounts(self, volume_name: str) -> list[VolumeMount]:
        """The volume of ``files``, where there are any."""
        return key_file_mounts(volume_name, self.files, FILES)


@runtime_checkable
class Dependency(Protocol):
    """Something that has to be ready before the application starts.

    One of your own is a class with this one method::

        @dataclass(frozen=True)
        class NatsReady:
            host: str

            def attempt(self) -> Attempt:
                return Attempt(what=f"NATS at {self.host}", command=["nats", "rtt"], image="natsio/nats-box:0.18.0")
    """

    def attempt(self) -> Attempt:
        """How to ask once."""
        ...


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or (host is not None and ip_address(host).is_loopback)
    except ValueError:
        return False


def check_login(user: str | None, password: object) -> None:
    """Raises: InvalidValue for a password of nobody."""
    if password is not None and user is None:
        raise InvalidValue("user must be given with a password or a database")

"""Where a ``ConfigSyncSidecar`` takes files from: any value that gives a ``SyncProgram``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from patterns.defaults import CONFIG_SYNC_RESOURCES, Default
from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, EnvSource, ResourceRequirements, SecretKey
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass
from patterns.objects.api_access import PolicyRule
from patterns.sidecars.reloading import ReloadByHttp


@dataclass(frozen=True, kw_only=True)
class SyncPlace(Value):
    """Where a source is synced to.

    Args:
        folder: absolute path of the directory.
        config: directory of the program's own files, absolute.
        secrets: directory of the program's own secret files, absolute.
        token: path of the ServiceAccount's token for ``token_audience``, absolute.
        port: for its health endpoint.
        reload: the request by which the application is told that files have changed.
        reload_command: path of a program that tells it by a signal; without arguments, and it never fails.
    """

    folder: str
    config: str
    secrets: str
    token: str
    port: int
    reload: ReloadByHttp | None
    reload_command: str | None


@dataclass(frozen=True, kw_only=True)
class SyncProgram(Value):
    """What runs.

    Args:
        image: that has the program.
        command: what runs instead of the image's own; empty for that.
        args: of the program.
        env: environment variables; nothing secret.
        files: of the program, by name; they stand in a ConfigMap, so that nothing secret is in them.
        secrets: keys that are mounted as files, by file name.
        api: what it has to ask of the Kubernetes API.
        token_audience: for whom a token of the pod's ServiceAccount is mounted; ``None`` for no token.
        health_path: that answers a GET with an error until the first sync is done.
        health_command: what succeeds in the container when the first sync is done, where no path tells.
        live: whether the same tells later that the sync is dead.
        user: as whom it has to run, by number; ``None`` for anybody, and then it is the application's user.
        tmp: whether it needs a ``/tmp``.
        resources: default where the user gives none.
        in_memory: whether the files must not be written to the node's disk.

    Raises:
        InvalidValue: without a way to see that the first sync is done, or with two.
    """

    image: Default[str] | str
    command: Sequence[str] = ()
    args: Sequence[str] = ()
    env: Mapping[str, str | EnvSource] = NOTHING
    files: Mapping[str, str] = NOTHING
    secrets: Mapping[str, SecretKey | ConfigMapKey] = NOTHING
    api: Sequence[PolicyRule] = ()
    token_audience: str | None = None
    health_path: str | None = None
    health_command: Sequence[str] = ()
    live: bool
    user: int | None = None
    tmp: bool
    resources: Default[ResourceRequirements] = CONFIG_SYNC_RESOURCES
    in_memory: bool = False

    def __post_init__(self) -> None:
        if bool(self.health_path) == bool(self.health_command):
            raise InvalidValue("one of health_path and health_command must be given")


@runtime_checkable
class ConfigSource(Protocol):
    """A source; one of your own is a class with this one method."""

    def sync_program(self, place: SyncPlace) -> SyncProgram:
        """What runs in that place."""
        ...

"""Where a ``ConfigSyncSidecar`` takes files from: any value that gives a ``SyncProgram``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable
from urllib.parse import urlsplit

from patterns.defaults import Default
from patterns.errors import InvalidValue
from patterns.model import EnvSource, SecretKey
from patterns.model.names import process_text
from patterns.model.value import Value
from patterns.objects.api_access import PolicyRule


@dataclass(frozen=True, kw_only=True)
class ReloadByHttp(Value):
    """One request to the application when files have changed: ``http://127.0.0.1:9090/-/reload``.

    Args:
        url: on loopback, which the containers of a pod share.
        method: of the request.

    Raises:
        InvalidValue: for a URL that does not lead to the pod itself.
    """

    url: str
    method: Literal["GET", "POST"] = "POST"

    def __post_init__(self) -> None:
        process_text(self.url, "url")
        if not _is_on_loopback(self.url):
            raise InvalidValue(f"url must be on loopback, such as 'http://127.0.0.1:9090/-/reload', got {self.url!r}")


def _is_on_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return parts.scheme == "http" and loopback and port != 0 and parts.username is None


@dataclass(frozen=True, kw_only=True)
class SyncPlace(Value):
    """Where a source is synced to.

    Args:
        folder: absolute path of the directory.
        secrets: directory of the program's own secret files, absolute.
        port: for its health endpoint.
        reload: what is told when files have changed.
    """

    folder: str
    secrets: str
    port: int
    reload: ReloadByHttp | None


@dataclass(frozen=True, kw_only=True)
class SyncProgram(Value):
    """What runs.

    Args:
        image: that has the program.
        command: what runs instead of the image's own; empty for that.
        args: of the program.
        env: environment variables; nothing secret.
        secrets: keys that are mounted as files, by file name.
        api: what it has to ask of the Kubernetes API.
        health_path: that answers a GET with an error until the first sync is done.
        live: whether the same path tells later that the sync is dead.
        user: as whom it has to run, by number; ``None`` for anybody, and then it is the application's user.
        tmp: whether it needs a ``/tmp``.
    """

    image: Default[str] | str
    command: Sequence[str] = ()
    args: Sequence[str] = ()
    env: Mapping[str, str | EnvSource] = field(default_factory=dict)
    secrets: Mapping[str, SecretKey] = field(default_factory=dict)
    api: Sequence[PolicyRule] = ()
    health_path: str
    live: bool
    user: int | None = None
    tmp: bool


@runtime_checkable
class ConfigSource(Protocol):
    """A source; one of your own is a class with this one method."""

    def sync_program(self, place: SyncPlace) -> SyncProgram:
        """What runs in that place."""
        ...

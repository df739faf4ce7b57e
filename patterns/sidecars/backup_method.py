"""How a ``BackupSidecar`` backs up: any value that gives a ``BackupProgram``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

from patterns.defaults import Default
from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, EnvSource, SecretKey, VolumeMount
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class BackupPlace(Value):
    """Where a backup runs.

    Args:
        name: of the container, for messages.
        data: directory of the data, absolute; in a rehearsal, an empty one.
        config: directory of the program's files, absolute and read-only.
        secrets: directory of the program's secret files, absolute and read-only.
        state: directory that the program may write to, absolute.
        port: on which it may answer the kubelet.
        seconds: whole seconds that it has after its stop signal.
    """

    name: str
    data: str
    config: str
    secrets: str
    state: str
    port: int
    seconds: int


@dataclass(frozen=True, kw_only=True)
class BackupProgram(Value):
    """What runs.

    Args:
        image: that has the program.
        command: backs up until its stop signal, and once more then.
        restores: one command after the other, before the application: each brings something back into an empty place,
            changes nothing where there is something already, and succeeds where nothing was ever backed up.
        rehearsals: one command after the other: each brings something back and looks whether it is whole, and fails
            where nothing was backed up.
        retentions: one command after the other, for a ``BackupRetention``: they take away what is too old.
        data: what the program does with the application's data: ``"write"`` to it, ``"read"`` it, or ``"none"`` where
            it comes to them in another way.
        to: where the backups lie, if that is a volume.
        files: of the program, by name; they stand in a ConfigMap, so that nothing secret is in them.
        secrets: keys that are mounted as files, by file name.
        env: environment variables; what is secret is a ``SecretKey``.
        rehearsal_env: those of a rehearsal, where it needs less than all.
        rehearsal_user: as whom a rehearsal has to run, by number; ``None`` for anybody.
        state_size_limit: quantity such as 256Mi, of the directory that the program writes to; ``None`` for none.
        health_path: that answers a GET on the port while the program runs.
        health_command: what succeeds in the container while the backup is as it should be, where no path tells.
        no_restore: why nothing can be brought back before the application starts, where that is so; ``restore=True`` is
            refused with it then.
        single_writer: whether two pods that run it at one time destroy the backup.

    Raises:
        InvalidValue: without a way to see its health, or with two.
    """

    image: Default[str] | str
    command: Sequence[str]
    restores: Sequence[Sequence[str]]
    rehearsals: Sequence[Sequence[str]]
    retentions: Sequence[Sequence[str]] = ()
    data: Literal["none", "read", "write"] = "write"
    to: VolumeMount | None = None
    files: Mapping[str, str] = NOTHING
    secrets: Mapping[str, SecretKey | ConfigMapKey] = NOTHING
    env: Mapping[str, str | EnvSource] = NOTHING
    rehearsal_env: Mapping[str, str | EnvSource] | None = None
    rehearsal_user: int | None = None
    state_size_limit: str | None = None
    health_path: str | None = None
    health_command: Sequence[str] = ()
    no_restore: str = ""
    single_writer: bool

    def __post_init__(self) -> None:
        if bool(self.health_path) == bool(self.health_command):
            raise InvalidValue("one of health_path and health_command must be given")


@runtime_checkable
class BackupMethod(Protocol):
    """A way to back up; one of your own is a class with this one method."""

    def backup_program(self, place: BackupPlace) -> BackupProgram:
        """What runs in that place."""
        ...

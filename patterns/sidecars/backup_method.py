"""How a ``BackupSidecar`` backs up: any value that gives a ``BackupProgram``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from patterns.defaults import Default
from patterns.model import EnvSource
from patterns.model.value import Value


@dataclass(frozen=True, kw_only=True)
class BackupPlace(Value):
    """Where a backup runs.

    Args:
        data: directory of the data, absolute; in a rehearsal, an empty one.
        config: directory of the program's files, absolute and read-only.
        port: on which it may answer the kubelet.
        seconds: whole seconds that it has after its stop signal.
    """

    data: str
    config: str
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
        files: of the program, by name; they stand in a ConfigMap, so that nothing secret is in them.
        env: environment variables; what is secret is a ``SecretKey``.
        health_path: that answers a GET on the port while the program runs.
        single_writer: whether two pods that run it at one time destroy the backup.
    """

    image: Default[str] | str
    command: Sequence[str]
    restores: Sequence[Sequence[str]]
    rehearsals: Sequence[Sequence[str]]
    files: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str | EnvSource] = field(default_factory=dict)
    health_path: str
    single_writer: bool


@runtime_checkable
class BackupMethod(Protocol):
    """A way to back up; one of your own is a class with this one method."""

    def backup_program(self, place: BackupPlace) -> BackupProgram:
        """What runs in that place."""
        ...

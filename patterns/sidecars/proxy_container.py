"""The container in which a proxy runs, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patterns.model import (
    Container,
    EnvVar,
    HttpGet,
    Lifecycle,
    Probe,
    ResourceRequirements,
    SecurityContext,
    Sleep,
    Volume,
    VolumeMount,
)
from patterns.model.env import variables_of
from patterns.model.names import name_beside
from patterns.pod.key_files import key_file_mounts
from patterns.sidecars.proxy_program import ProxyPlace, ProxyProgram

CONFIG_PATH = "/etc/proxy"
FILES_PATH = "/etc/proxy-files"


@dataclass(frozen=True, kw_only=True)
class ProxyContainer:
    """A program in its place; the other options are those of ``ProxySidecar``."""

    program: ProxyProgram
    place: ProxyPlace
    config_map: str | None
    #: sizes of the directories that it writes to
    room: Mapping[str, str]
    image: str
    command: Sequence[str] | None
    env: Sequence[EnvVar]
    resources: ResourceRequirements | None
    pre_stop: HttpGet | Sleep | None
    security_context: SecurityContext | None

    def container(self) -> Container:
        """The container as it stands in the pod."""
        program = self.program
        live = None
        if program.live is not None:
            # it finds a process that hangs; a busy one is not to be restarted
            live = Probe(handler=program.live, period_seconds=30, timeout_seconds=5, failure_threshold=5)
        return Container(
            name=self.place.name,
            image=self.image,
            command=program.command if self.command is None else self.command,
            ports=[*self.place.ports.values()],
            env=self._environment(),
            resources=self.resources,
            volume_mounts=self._mounts(),
            liveness_probe=live,
            # nobody gets through an unready proxy, so that the pod is not ready either
            readiness_probe=Probe(handler=program.ready, period_seconds=5, timeout_seconds=2, failure_threshold=2),
            # what the application waits for
            startup_probe=Probe(handler=program.ready, period_seconds=1, failure_threshold=program.startup_seconds),
            lifecycle=None if self.pre_stop is None else Lifecycle(pre_stop=self.pre_stop),
            security_context=self.security_context,
            termination_message_policy="FallbackToLogsOnError",
        )

    def _environment(self) -> list[EnvVar]:
        """The program's variables, but those that the user gives."""
        given = {variable.name for variable in self.env}
        return [*(own for own in variables_of(self.program.env) if own.name not in given), *self.env]

    def _mounts(self) -> list[VolumeMount]:
        mounts = []
        if self.config_map is not None:
            volume = Volume.config_map(self._volume("config"), self.config_map)
            mounts.append(VolumeMount(volume=volume, mount_path=CONFIG_PATH, read_only=True))
        mounts += key_file_mounts(self._volume("files"), self.program.files, FILES_PATH)
        for path, size in self.room.items():
            # the end of a path tells directories apart
            what = re.sub(r"[^a-z0-9]+", "-", path.lower())[-20:].strip("-")
            mounts.append(VolumeMount(volume=Volume.empty_dir(self._volume(what), size_limit=size), mount_path=path))
        return mounts

    def _volume(self, what: str) -> str:
        return name_beside(self.place.name, what)

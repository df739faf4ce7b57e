"""What cannot both be in one container."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from patterns.errors import InvalidValue
from patterns.model.env import variables_in
from patterns.model.handler import HttpGet, TcpSocket
from patterns.model.image import reference_of
from patterns.model.mount import VolumeDevice, VolumeMount
from patterns.model.names import control_characters, dns_label, process_text
from patterns.model.paths import normalised_path
from patterns.model.secrets import check_words
from patterns.model.volume import Volume

if TYPE_CHECKING:
    from patterns.model.container import Container


def check_container(container: Container) -> None:
    """Raises: InvalidValue for the first thing that Kubernetes refuses, or that cannot work."""
    dns_label(container.name, "name")
    reference_of(container.image, "image")
    _check_words(container)
    if container.ports:
        _check_ports(container)
    if container.env:
        _check_env(container)
    if container.volume_mounts or container.volume_devices:
        _check_mounts(container)
    _check_probes(container)
    _check_policies(container)
    for what, path in (
        ("working_dir", container.working_dir),
        ("termination_message_path", container.termination_message_path),
    ):
        if path is not None and not re.match(r"/|[A-Za-z]:[\\/]", path):
            raise InvalidValue(f"{what} must be an absolute path, got {path!r}")
        if path is not None and control_characters(path):
            raise InvalidValue(f"{what} must be a path without control characters, got {path!r}")


def _check_words(container: Container) -> None:
    for what, words in (("command", container.command), ("args", container.args)):
        if words:
            _check_call(tuple(words), what, container.not_secret is None)
    if container.not_secret is not None and not container.not_secret.strip():
        raise InvalidValue(f"not_secret must give the reason why no argument is a secret, got {container.not_secret!r}")


@lru_cache(maxsize=256)
def _check_call(words: tuple[str, ...], what: str, may_be_secret: bool) -> None:
    for index, word in enumerate(words):
        process_text(word, f"{what}[{index}]")
    if may_be_secret:
        check_words(words, what)


def _check_ports(container: Container) -> None:
    numbers: dict[tuple[int, str], int] = {}
    names: dict[str, int] = {}
    for index, port in enumerate(container.container_ports()):
        key = (port.container_port, port.protocol or "TCP")
        if key in numbers:
            raise InvalidValue(
                f"ports[{index}] is {key[0]}/{key[1]}, which ports[{numbers[key]}] is already; write each port once"
            )
        if port.name is not None and port.name in names:
            raise InvalidValue(
                f"ports[{index}] has the name {port.name!r} of ports[{names[port.name]}]; give it another name"
            )
        numbers[key] = index
        names[port.name or ""] = index


def _check_env(container: Container) -> None:
    seen: dict[str, int] = {}
    for index, variable in enumerate(container.env_vars()):
        if variable.name in seen:
            raise InvalidValue(
                f"env[{index}] has the name {variable.name!r} of env[{seen[variable.name]}], which it would hide; "
                "write each variable once"
            )
        seen[variable.name] = index


def _check_mounts(container: Container) -> None:
    places: dict[str, tuple[str, VolumeMount | VolumeDevice, str]] = {}
    volumes: dict[str, Volume] = {}
    privileged = container.security_context is not None and bool(container.security_context.privileged)
    listed: list[tuple[str, str, VolumeMount | VolumeDevice]] = [
        *((f"volume_mounts[{i}]", mount.mount_path, mount) for i, mount in enumerate(container.volume_mounts)),
        *((f"volume_devices[{i}]", device.device_path, device) for i, device in enumerate(container.volume_devices)),
    ]
    for where, path, place in listed:
        normal = normalised_path(path)
        if normal in places:
            first, other_place, on = places[normal]
            raise InvalidValue(
                f"{where} is on {path!r}, where {first} (volume {other_place.volume_name!r} on {on!r}) is already; "
                "one would hide the other: mount it elsewhere"
            )
        places[normal] = (where, place, path)
        if isinstance(place.volume, Volume):
            other = volumes.setdefault(place.volume.name, place.volume)
            if other != place.volume:
                raise InvalidValue(
                    f"{where} has another volume of the name {place.volume.name!r} than one before it; "
                    "make the volume once, or give one another name"
                )
        if isinstance(place, VolumeMount) and place.mount_propagation == "Bidirectional" and not privileged:
            raise InvalidValue(
                f"{where}: mount_propagation must not be 'Bidirectional' in a container that is not privileged"
            )
        if isinstance(place, VolumeMount) and place.sub_path_expr and not container.env_from:
            _check_expansion(container, where, place.sub_path_expr)


def _check_expansion(container: Container, where: str, expr: str) -> None:
    """The kubelet makes no container whose path has an unknown variable: CreateContainerConfigError."""
    known = {variable.name for variable in container.env_vars()}
    for name in variables_in(expr):
        if name not in known:
            raise InvalidValue(
                f"{where}: sub_path_expr {expr!r} must use variables of the container's own env, got $({name}), and "
                f'the container would never start; add it: env={{"{name}": ...}}'
            )


def _check_probes(container: Container) -> None:
    hooks = container.lifecycle
    if not (hooks or container.liveness_probe or container.readiness_probe or container.startup_probe):
        return
    handlers = [
        ("lifecycle: post_start", hooks.post_start if hooks else None),
        ("lifecycle: pre_stop", hooks.pre_stop if hooks else None),
    ]
    for what in ("liveness_probe", "readiness_probe", "startup_probe"):
        probe = getattr(container, what)
        if probe is None:
            continue
        if what != "readiness_probe" and probe.success_threshold not in (None, 1):
            raise InvalidValue(f"{what}: success_threshold must be 1, got {probe.success_threshold}; leave it out")
        if what == "readiness_probe" and probe.termination_grace_period_seconds is not None:
            raise InvalidValue(
                f"{what}: termination_grace_period_seconds must not be given, since it restarts nothing; leave it out"
            )
        handlers.append((what, probe.handler))
    names = {port.name for port in container.container_ports() if port.name is not None}
    for what, handler in handlers:
        if isinstance(handler, HttpGet | TcpSocket) and isinstance(handler.port, str) and handler.port not in names:
            known = f"it has {', '.join(map(repr, sorted(names)))}" if names else "it names none"
            raise InvalidValue(f"{what}: port {handler.port!r} is no port name of the container; {known}")


def _check_policies(container: Container) -> None:
    resized = [policy.resource_name for policy in container.resize_policy]
    for name in resized:
        if resized.count(name) > 1:
            raise InvalidValue(f"resize_policy must name each resource once, got {name!r} twice")
    if container.restart_policy_rules:
        if container.restart_policy is None:
            raise InvalidValue("restart_policy must be given with restart_policy_rules, even where it is the pod's")
        if len(container.restart_policy_rules) > 20:
            raise InvalidValue(f"restart_policy_rules must be at most 20, got {len(container.restart_policy_rules)}")

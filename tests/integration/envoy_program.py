"""An Envoy as its sidecar renders it: the same command and files, with paths and ports of this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from integration.http_servers import Response, ask
from integration.programs import free_port, listens, program, running

from patterns.app import App
from patterns.model import Container, JsonObject
from patterns.model.json import object_at, objects_at, text_at
from patterns.sidecars.envoy import Envoy
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.testing import container_of, find, synth
from patterns.tree import Chart
from patterns.workloads.deployment import Deployment
from patterns.yaml import write_yaml

_PATHS = {"/etc/proxy-files": "files", "/etc/proxy": "config", "/var/run/envoy": "run"}


@dataclass(frozen=True)
class Rendered:
    """What stands in the pod, its files below a directory, and its ports free ones of this machine."""

    directory: Path
    command: list[str]
    container: JsonObject
    application: JsonObject
    #: of this machine, by the listener's name
    ports: Mapping[str, int]
    #: of this machine, by that of the pod
    moved: Mapping[int, int]

    def ask_as_the_kubelet(self, *place: str) -> Response:
        """The response to a probe or a hook of the container."""
        request = object_at(self.container, *place, "httpGet")
        port = request["port"]
        assert isinstance(port, int)
        return ask(self.moved[port], text_at(request, "path"))

    def variable(self, name: str) -> str:
        """A variable of the application, with the port of this machine."""
        value = next(text_at(one, "value") for one in objects_at(self.application, "env") if one["name"] == name)
        url, _, port = value.rpartition(":")
        return f"{url}:{self.moved[int(port)]}"


def rendered(directory: Path, envoy: Envoy, *, application: int = 8080, **options: Any) -> Rendered:
    """What the sidecar renders with these options."""
    chart = Chart(App(), "shop")
    app = Container(name="app", image="registry.example.com/shop:1.4.2", ports=[application])
    ProxySidecar(Deployment(chart, "web", containers=[app]), "proxy", proxy=envoy, **options)
    documents = synth(chart)
    deployment = find(documents, "Deployment")
    container = container_of(deployment, "proxy")
    for name in _PATHS.values():
        (directory / name).mkdir(parents=True, exist_ok=True)
    ports: dict[str, int] = {}
    moved: dict[int, int] = {}
    for name, text in object_at(find(documents, "ConfigMap"), "data").items():
        config: JsonObject = yaml.safe_load(_here(str(text), directory))
        for listener in objects_at(config, "static_resources", "listeners"):
            socket = object_at(listener, "address", "socket_address")
            port = socket["port_value"]
            assert isinstance(port, int)
            socket["port_value"] = moved[port] = ports[text_at(listener, "name")] = free_port()
        (directory / "config" / name).write_text(write_yaml([config]))
    command = [_here(str(word), directory) for word in container["command"]]  # type: ignore[union-attr]
    return Rendered(
        directory=directory,
        command=[program("envoy"), *command[1:]],
        container=container,
        application=container_of(deployment, "app"),
        ports=ports,
        moved=moved,
    )


def _here(text: str, directory: Path) -> str:
    for path, name in _PATHS.items():
        text = text.replace(f"{path}/", f"{directory / name}/")
        text = text.replace(f"path: {path}\n", f"path: {directory / name}\n")
    return text


def validated(made: Rendered) -> str:
    """What Envoy says of the configuration."""
    ran = subprocess.run([*made.command, "--mode", "validate"], capture_output=True, text=True, timeout=60, check=False)
    return ran.stdout.strip() or ran.stderr.strip().splitlines()[-1]


@contextmanager
def envoy(made: Rendered) -> Iterator[subprocess.Popen[bytes]]:
    """The Envoy while it runs, from when its startup probe has succeeded on."""

    def ready() -> bool:
        return listens(made.ports["ready"]) and made.ask_as_the_kubelet("startupProbe").status == 200

    with running(made.command, directory=made.directory, ready=ready) as process:
        yield process

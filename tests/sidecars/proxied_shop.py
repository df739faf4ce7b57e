"""A chart with a workload behind a proxy that a team wrote itself, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patterns.app import App
from patterns.model import ConfigMapKey, Container, HttpGet, JsonObject, SecretKey
from patterns.sidecars.proxy_program import ProxyPlace, ProxyProgram
from patterns.testing import container_of, find, synth
from patterns.tree import Chart
from patterns.workloads.deployment import Deployment

APP = Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080])


@dataclass(frozen=True)
class Gateway:
    """The smallest product."""

    def preferred_ports(self) -> Mapping[str, int]:
        return {"proxy": 8081}

    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        return ProxyProgram(
            image="registry.example.com/gateway:2.1.0",
            command=["/gateway", f"--listen=:{place.port}", f"--to=127.0.0.1:{place.application_port}"],
            ready=HttpGet(place.port, path="/ready"),
        )


@dataclass(frozen=True)
class FullGateway:
    """A product that uses all there is."""

    def preferred_ports(self) -> Mapping[str, int]:
        return {"proxy": 8080, "ready": 8080, "outbound": 8080}

    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        return ProxyProgram(
            image="registry.example.com/gateway:2.1.0",
            command=["/gateway", f"--config={place.config_path}/gateway.json", f"--name={place.name}"],
            ready=HttpGet(place.ports["ready"], path="/ready"),
            live=HttpGet(place.ports["ready"], path="/live"),
            config={"gateway.json": '{"closed": true}\n' if place.closed else "{}\n"},
            files={"tls.key": SecretKey("shop-tls", "tls.key"), "ca.crt": ConfigMapKey("authorities", "ca.crt")},
            env={"GATEWAY_MODE": "strict", "GATEWAY_TOKEN": SecretKey("gateway", "token")},
            writable={"/var/cache/gateway": "64Mi", "/tmp": "16Mi"},
            drain=HttpGet(place.ports["ready"], path="/drain") if place.closed else None,
            grace_seconds=7,
            startup_seconds=20,
            run_as_user=1234,
            application_env={"HTTP_PROXY": f"http://127.0.0.1:{place.ports['outbound']}"},
        )


@dataclass(frozen=True)
class Outbound:
    """A product to which no clients come."""

    def preferred_ports(self) -> Mapping[str, int]:
        return {"outbound": 3128}

    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        port = place.ports["outbound"]
        return ProxyProgram(
            image="registry.example.com/outbound:1.0.0",
            command=["/outbound"],
            ready=HttpGet(port, path="/ready"),
            application_env={"HTTP_PROXY": f"http://127.0.0.1:{port}"},
        )


class Shop:
    """A chart with one workload."""

    def __init__(self, *containers: Container, app: App | None = None, **options: Any) -> None:
        self.chart = Chart(App() if app is None else app, "shop")
        self.web = Deployment(self.chart, "web", containers=[*containers] or [APP], **options)

    def deployment(self) -> JsonObject:
        return find(synth(self.chart), "Deployment")

    def container(self, name: str = "proxy") -> JsonObject:
        return container_of(self.deployment(), name)

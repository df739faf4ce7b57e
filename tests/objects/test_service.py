"""A Service finds its workload's pods by labels that never change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patterns import (
    App,
    Chart,
    Conflict,
    Container,
    ContainerPort,
    Deployment,
    InvalidValue,
    PatternError,
    Service,
    ServicePort,
    SynthesisError,
)
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.testing import find, synth


def web() -> Deployment:
    chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
    port = ContainerPort(name="http", container_port=8080)
    return Deployment(chart, "web", containers=[Container(name="app", image="app:1", ports=[port])])


def test_smallest_call(yaml_snapshot: object) -> None:
    workload = web()
    Service(workload.chart, "service", workload=workload, ports=[8080])
    assert find(synth(workload.chart), "Service") == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    workload = web()
    Service(
        workload.chart,
        "service",
        name="web",
        workload=workload,
        ports=[
            ServicePort(name="http", port=80, target_port="http", app_protocol="kubernetes.io/h2c"),
            ServicePort(name="dns", port=53, protocol="UDP"),
        ],
        type="NodePort",
        publish_not_ready_addresses=True,
        spec={"sessionAffinity": "ClientIP"},
        labels={"a": "b"},
        annotations={"c": "d"},
    )
    assert find(synth(workload.chart), "Service") == yaml_snapshot


def test_a_target_port_that_no_container_names_is_found_at_synthesis() -> None:
    app = App()
    workload = Deployment(Chart(app, "c"), "web", containers=[Container(name="app", image="app:1", ports=[8080])])
    Service(workload.chart, "service", workload=workload, ports=[ServicePort(port=80, target_port="http")])
    with pytest.raises(SynthesisError) as raised:
        app.synth()
    assert str(raised.value) == (
        "Service 'c/service': ports: target_port 'http' is no TCP port name of the workload's containers; they "
        "have none"
    )


def test_a_target_port_is_one_of_a_container_that_goes_on_running_and_of_its_protocol() -> None:
    app = App()
    chart = Chart(app, "c")
    init = Container(name="init", image="i:1", ports=[ContainerPort(name="init", container_port=1)])
    native = Container(
        name="proxy", image="p:1", restart_policy="Always", ports=[ContainerPort(2, name="dns", protocol="UDP")]
    )
    web = Deployment(chart, "web", containers=[Container(name="app", image="app:1")], init_containers=[init, native])
    Service(chart, "udp", workload=web, ports=[ServicePort(port=53, target_port="dns", protocol="UDP")])
    Service(chart, "init", workload=web, ports=[ServicePort(port=1, target_port="init")])
    Service(chart, "tcp", workload=web, ports=[ServicePort(port=53, target_port="dns")])
    with pytest.raises(SynthesisError) as raised:
        app.synth_yaml()
    assert raised.value.findings == (
        "Service 'c/init': ports: target_port 'init' is no TCP port name of the workload's containers; they have "
        "dns (UDP)",
        "Service 'c/tcp': ports: target_port 'dns' is no TCP port name of the workload's containers; they have "
        "dns (UDP)",
    )


PORTS: list[tuple[dict[str, Any], str]] = [
    ({"name": "A"}, "name must be a DNS-1123 label"),
    ({"name": "a.b"}, "name must be a DNS-1123 label"),
    ({"name": "x" * 64}, "name must be a DNS-1123 label"),
    ({"port": 0}, "port must be 1-65535, got 0"),
    ({"target_port": 65536}, "target_port must be 1-65535, got 65536"),
    ({"target_port": "80"}, "target_port must be a number or a port name, got '80'; write 80"),
    ({"target_port": "a_b"}, "target_port must be a port name"),
    ({"target_port": "x" * 16}, "target_port must be a port name"),
    ({"target_port": ""}, "target_port must be a port name"),
    ({"node_port": 65536}, "node_port must be 1-65535, got 65536"),
    ({"app_protocol": "a b"}, "app_protocol must be a name of at most 63"),
    ({"app_protocol": ""}, "app_protocol must be a name of at most 63"),
]


@pytest.mark.parametrize(("options", "message"), PORTS)
def test_a_bad_port_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        ServicePort(**{"port": 80, **options})
    assert message in str(raised.value)


def test_a_generated_name_that_no_service_can_have_says_where_it_comes_from() -> None:
    with pytest.raises(InvalidValue, match=r"name must be a DNS-1035 label .* got '2048-web.*which name= replaces"):
        Service(Chart(App(), "2048"), "web", selector={"a": "b"}, ports=[80])


REFUSED: list[tuple[type[PatternError], Callable[[Deployment], object], str]] = [
    (InvalidValue, lambda w: Service(w.chart, "s", workload=w, ports=[]), "ports must hold at least one port"),
    (
        InvalidValue,
        lambda w: Service(w.chart, "s", ports=[80]),
        "a Service takes either workload= or selector=",
    ),
    (
        InvalidValue,
        lambda w: Service(w.chart, "s", workload=w, ports=[80, 81]),
        "port 80 needs a name, since the Service has several ports",
    ),
    (
        Conflict,
        lambda w: Service(
            w.chart, "s", workload=w, ports=[ServicePort(name="a", port=80), ServicePort(name="b", port=80)]
        ),
        "port 80/TCP is there twice; a Service has each port once",
    ),
    (
        Conflict,
        lambda w: Service(w.chart, "s", workload=w, ports=[80], spec={"ports": []}),
        "spec: ports is [{'port': 80}] already, by the option ports= or its default, and cannot be []; set it once",
    ),
]


@pytest.mark.parametrize(("kind", "code", "message"), REFUSED)
def test_bad_input_is_refused(kind: type[PatternError], code: Callable[[Deployment], object], message: str) -> None:
    with pytest.raises(kind) as raised:
        code(web())
    assert str(raised.value) == f"Service 'shop/s': {message}"


class Front(Pattern):
    """A pattern of one's own that stands in front of port 8080."""

    def __init__(self, scope: Deployment, id: str) -> None:
        super().__init__(scope, id)
        proxy = Container(name=id, image="proxy:1", ports=[10000])
        self.contribute(Contribution(sidecars=[proxy], target_ports={8080: 10000}))


@pytest.mark.parametrize("first", [True, False])
def test_it_leads_to_what_stands_in_front_of_its_port(first: bool) -> None:
    workload = web()
    ports = [
        ServicePort(name="named", port=80, target_port="http"),
        ServicePort(name="same", port=8080, node_port=30080),
        ServicePort(name="udp", port=8080, protocol="UDP"),
        ServicePort(name="other", port=9090),
    ]
    if first:
        Front(workload, "proxy")
    Service(workload.chart, "service", workload=workload, type="NodePort", ports=ports)
    if not first:
        Front(workload, "proxy")
    assert find(synth(workload.chart), "Service")["spec"]["ports"] == [  # type: ignore[index, call-overload]
        {"name": "named", "port": 80, "targetPort": 10000},
        {"name": "same", "port": 8080, "targetPort": 10000, "nodePort": 30080},
        {"name": "udp", "port": 8080, "protocol": "UDP"},
        {"name": "other", "port": 9090},
    ]

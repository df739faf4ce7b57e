"""A Service finds its workload's pods by labels that never change."""

from __future__ import annotations

from collections.abc import Callable

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

"""The plain sidecar, native and classic."""

from __future__ import annotations

import pytest

from patterns import (
    App,
    Chart,
    Conflict,
    Construct,
    Container,
    Deployment,
    InitContainer,
    InvalidValue,
    Probe,
    Sidecar,
    SynthesisError,
)
from patterns.testing import assert_start_order, pod_spec_of, synth


def web() -> Deployment:
    chart = Chart(App(), "shop", disable_resource_name_hashes=True)
    return Deployment(chart, "web", containers=[Container(name="app", image="app:1", ports=[8080])])


def proxy(name: str = "proxy", **fields: object) -> Container:
    return Container(name=name, image="proxy:1", **fields)  # type: ignore[arg-type]


def test_smallest_call(yaml_snapshot: object) -> None:
    workload = web()
    Sidecar(workload, "proxy", container=proxy())
    assert synth(workload.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    workload = web()
    InitContainer(workload, "first", container=proxy("first"))
    InitContainer(workload, "last", container=proxy("last"))
    Sidecar(
        workload,
        "proxy",
        container=proxy(ports=[9000], startup_probe=Probe.http(9000, path="/ready", period_seconds=1)),
        security=None,
        grace_seconds=10,
        after=["first"],
        before=["last"],
    )
    assert synth(workload.chart) == yaml_snapshot


def test_the_classic_form_is_one_more_container() -> None:
    workload = web()
    Sidecar(workload, "proxy", container=proxy(), native=False, grace_seconds=50)
    document = synth(workload.chart)[0]
    assert_start_order(document, "app", "proxy")
    assert pod_spec_of(document)["terminationGracePeriodSeconds"] == 50


def test_the_name_is_the_id() -> None:
    with pytest.raises(InvalidValue) as raised:
        Sidecar(web(), "proxy", container=proxy("envoy"))
    assert str(raised.value) == "Sidecar 'shop/web/proxy': container.name must be the id 'proxy', got 'envoy'"


def test_a_port_of_the_application_is_taken() -> None:
    with pytest.raises(Conflict) as raised:
        Sidecar(web(), "proxy", container=proxy(ports=[8080]))
    assert str(raised.value) == (
        "Sidecar 'shop/web/proxy': port 8080/TCP of container 'proxy' is taken by container 'app' of the pod itself; "
        "the containers of a pod share one network namespace, so only one can listen there: give one another port"
    )


def test_an_order_that_kubernetes_does_not_keep_is_refused() -> None:
    workload = web()
    Sidecar(workload, "proxy", container=proxy(), after=["app"])
    with pytest.raises(SynthesisError, match="Kubernetes starts all those first"):
        App.synth_yaml(workload.node.root)  # type: ignore[arg-type]


def test_a_bundle_finds_the_workload_above_it() -> None:
    class Proxied(Construct):
        def __init__(self, scope: Construct, id: str) -> None:
            super().__init__(scope, id)
            Sidecar(self, "proxy", container=proxy())

    workload = web()
    Proxied(workload, "bundle")
    assert_start_order(synth(workload.chart)[0], "proxy*", "app")


def test_two_bundles_may_not_bring_the_same_container() -> None:
    workload = web()
    Sidecar(Construct(workload, "one"), "proxy", container=proxy())
    with pytest.raises(Conflict) as raised:
        Sidecar(Construct(workload, "two"), "proxy", container=proxy())
    assert str(raised.value) == (
        "Sidecar 'shop/web/two/proxy': container name 'proxy' is taken by Sidecar 'shop/web/one/proxy', and Sidecar "
        "'shop/web/two/proxy' wants it too; names are unique over containers and init containers, give one another"
    )

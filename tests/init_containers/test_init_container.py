"""The plain init container."""

from __future__ import annotations

import pytest

from patterns import App, Chart, Container, Deployment, InitContainer, InvalidValue
from patterns.testing import assert_start_order, synth


def web() -> Deployment:
    chart = Chart(App(), "shop", disable_resource_name_hashes=True)
    return Deployment(chart, "web", containers=[Container(name="app", image="app:1")])


def test_smallest_call(yaml_snapshot: object) -> None:
    workload = web()
    InitContainer(workload, "migrate", container=Container(name="migrate", image="app:1"))
    assert synth(workload.chart) == yaml_snapshot


def test_order_is_that_of_declaration_and_bent_by_relations() -> None:
    workload = web()
    for name, before in (("a", []), ("b", []), ("c", ["a"])):
        InitContainer(workload, name, container=Container(name=name, image="app:1"), before=before)
    assert_start_order(synth(workload.chart)[0], "c", "a", "b", "app")


def test_without_security_nothing_is_rendered() -> None:
    workload = web()
    InitContainer(workload, "a", container=Container(name="a", image="app:1"), security=None)
    spec = synth(workload.chart)[0]["spec"]["template"]["spec"]  # type: ignore[index, call-overload]
    assert spec["initContainers"] == [{"name": "a", "image": "app:1"}]  # type: ignore[index, call-overload]


def test_the_name_is_the_id() -> None:
    with pytest.raises(InvalidValue) as raised:
        InitContainer(web(), "a", container=Container(name="b", image="app:1"))
    assert str(raised.value) == "InitContainer 'shop/web/a': container.name must be the id 'a', got 'b'"

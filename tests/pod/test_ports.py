"""Free ports of a pod, and ports that two containers want."""

from __future__ import annotations

import pytest

from patterns.errors import Conflict
from patterns.model import Json, JsonObject
from patterns.pod.ports import check_ports, first_free_port


def test_the_preferred_port_is_taken_where_it_is_free() -> None:
    assert first_free_port([{"name": "app", "ports": [{"containerPort": 8080}]}], 2020) == 2020


def test_declared_ports_are_stepped_over() -> None:
    containers = [{"ports": [{"containerPort": 2020}]}, {"ports": None}, {"ports": [{"containerPort": 2021}]}]
    assert first_free_port(containers, 2020) == 2022  # type: ignore[arg-type]


def test_no_free_port_is_an_error() -> None:
    with pytest.raises(Conflict, match="no port from 65535 to 65535 is free in the pod"):
        first_free_port([{"ports": [{"containerPort": 65535}]}], 65535)


def spec_of(init: list[JsonObject], containers: list[JsonObject]) -> JsonObject:
    return {"initContainers": [*init], "containers": [*containers]}


def container(name: str, port: int = 80, /, **more: Json) -> JsonObject:
    native = {"restartPolicy": more.pop("restartPolicy")} if "restartPolicy" in more else {}
    return {"name": name, **native, "ports": [{"containerPort": port, **more}]}


#: two containers that both run at some time
TOGETHER: dict[str, JsonObject] = {
    "two containers": spec_of([], [container("a"), container("b")]),
    "a native sidecar": spec_of([container("a", restartPolicy="Always")], [container("b")]),
    "a native sidecar before a plain init container": spec_of(
        [container("a", restartPolicy="Always"), container("b")], []
    ),
    "one name": spec_of([], [container("a", 1, name="http"), container("b", 2, name="http")]),
    "one port of the node": spec_of([], [container("a", 1, hostPort=90), container("b", 2, hostPort=90)]),
    "one port of an address": spec_of(
        [], [container("a", 1, hostPort=9, hostIP="10.0.0.1"), container("b", 2, hostPort=9, hostIP="10.0.0.1")]
    ),
}
#: two that never meet
APART: dict[str, JsonObject] = {
    "a plain init container": spec_of([container("a", name="http")], [container("b", name="http")]),
    "two plain init containers": spec_of([container("a"), container("b")], []),
    "a plain init container before a native sidecar": spec_of(
        [container("a"), container("b", restartPolicy="Always")], []
    ),
    "two protocols": spec_of([], [container("a"), container("b", protocol="UDP")]),
    "two ports of the node": spec_of([], [container("a", 1, hostPort=90), container("b", 2, hostPort=91)]),
    "two addresses": spec_of(
        [], [container("a", 1, hostPort=9, hostIP="10.0.0.1"), container("b", 2, hostPort=9, hostIP="10.0.0.2")]
    ),
}


@pytest.mark.parametrize("spec", TOGETHER.values(), ids=TOGETHER)
@pytest.mark.parametrize("added", [["b"], ["a"], ["a", "b"]])
def test_containers_that_run_together_share_no_port(spec: JsonObject, added: list[str]) -> None:
    with pytest.raises(Conflict, match=r"of container '[ab]' is taken by container '[ab]' of somebody"):
        check_ports(spec, added, lambda name: "somebody")


@pytest.mark.parametrize("spec", APART.values(), ids=APART)
@pytest.mark.parametrize("added", [["b"], ["a"], ["a", "b"]])
def test_containers_that_never_meet_may_share_a_port(spec: JsonObject, added: list[str]) -> None:
    check_ports(spec, added, lambda name: "somebody")


@pytest.mark.parametrize("spec", TOGETHER.values(), ids=TOGETHER)
def test_what_was_there_before_is_left_alone(spec: JsonObject) -> None:
    check_ports(spec, [], lambda name: "somebody")


def test_a_container_takes_a_port_of_the_node_once() -> None:
    ports: list[Json] = [{"containerPort": 1, "hostPort": 90}, {"containerPort": 2, "hostPort": 90}]
    with pytest.raises(Conflict, match="host_port 90/TCP stands twice in container 'a'"):
        check_ports({"containers": [{"name": "a", "ports": ports}]}, ["a"], lambda name: "somebody")

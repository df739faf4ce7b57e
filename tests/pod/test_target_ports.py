"""What stands in front of a port, in the pod's annotations."""

from __future__ import annotations

import pytest

from patterns.pod.contribution import Contribution
from patterns.pod.merge import merge
from patterns.pod.pod_template import pod_of
from patterns.pod.target_ports import annotations_of, front_of, ports_in


def test_a_merge_writes_them_and_a_reader_finds_them() -> None:
    merged = merge(pod_of({"spec": {"containers": []}}), Contribution(target_ports={8080: 10000, 9090: 10001}), "P")
    assert merged.json["metadata"] == {
        "annotations": {
            "target-port.cdk8s-pod-patterns/8080": "10000",
            "target-port.cdk8s-pod-patterns/9090": "10001",
        }
    }
    assert ports_in(annotations_of({8080: 10000, 9090: 10001})) == {8080: 10000, 9090: 10001}


@pytest.mark.parametrize(
    "annotations",
    [
        {"target-port.cdk8s-pod-patterns/http": "10000"},
        {"target-port.cdk8s-pod-patterns/8080": "http"},
        {"target-port.cdk8s-pod-patterns/8080": 10000},
        {"8080": "10000"},
    ],
)
def test_what_is_no_port_is_left_out(annotations: dict[str, object]) -> None:
    assert ports_in(annotations) == {}


@pytest.mark.parametrize(
    ("ports", "front"), [({}, 8080), ({8080: 1}, 1), ({8080: 1, 1: 2}, 2), ({8080: 1, 1: 8080}, 1), ({1: 2}, 8080)]
)
def test_the_front_of_a_port_is_what_clients_come_to(ports: dict[int, int], front: int) -> None:
    assert front_of(8080, ports) == front

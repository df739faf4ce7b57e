"""The application's hook that sleeps, and what it adds to the grace period."""

from __future__ import annotations

import pytest

from patterns.errors import Conflict, InvalidValue, WrongType
from patterns.model import Container, JsonObject
from patterns.model.json import object_at, objects_at
from patterns.pod.contribution import Contribution
from patterns.pod.merge import merge
from patterns.pod.pod_template import PodTemplate, pod_of

HOOK: JsonObject = {"preStop": {"exec": {"command": ["stop"]}}}


def pod(*containers: JsonObject, **spec: int) -> PodTemplate:
    return pod_of({"spec": {**spec, "containers": [*containers]}})


def sleeping(seconds: int, name: str = "proxy") -> Contribution:
    proxy = Container(name=name, image="proxy:1")
    return Contribution(sidecars=[proxy], native=False, grace_seconds={name: 10}, pre_stop_sleep=seconds)


def hooks(template: PodTemplate) -> list[object]:
    return [object_at(container, "lifecycle").get("preStop") for container in objects_at(template.spec, "containers")]


def test_only_application_containers_without_a_hook_sleep() -> None:
    before = pod({"name": "app"}, {"name": "worker", "lifecycle": HOOK})
    merged = merge(before, sleeping(5), "P")
    assert hooks(merged) == [{"sleep": {"seconds": 5}}, HOOK["preStop"], None]
    assert before.spec["containers"] == [{"name": "app"}, {"name": "worker", "lifecycle": HOOK}]


def test_the_sleep_is_on_top_of_what_the_application_has() -> None:
    merged = merge(pod({"name": "app"}, terminationGracePeriodSeconds=20), sleeping(5), "P")
    assert merged.spec["terminationGracePeriodSeconds"] == 25


def test_an_application_with_hooks_of_its_own_gets_no_more_time() -> None:
    merged = merge(pod({"name": "app", "lifecycle": HOOK}), sleeping(5), "P")
    assert merged.spec["terminationGracePeriodSeconds"] == 30


@pytest.mark.parametrize("order", [(5, 9), (9, 5)])
def test_the_longest_sleep_counts_in_any_order(order: tuple[int, int]) -> None:
    merged = pod({"name": "app"})
    for index, seconds in enumerate(order):
        merged = merge(merged, sleeping(seconds, f"proxy-{index}"), "P")
    assert hooks(merged)[0] == {"sleep": {"seconds": 9}}
    assert merged.spec["terminationGracePeriodSeconds"] == 39


def test_a_sleep_that_is_no_number_of_seconds_is_refused() -> None:
    with pytest.raises(WrongType, match="pre_stop_sleep must be an int, got a str '5'"):
        Contribution(pre_stop_sleep="5")  # type: ignore[arg-type]


def test_what_stands_in_front_of_a_port_may_be_behind_another() -> None:
    merged = merge(pod({"name": "app"}), Contribution(target_ports={8080: 10000}), "Envoy")
    merged = merge(merged, Contribution(target_ports={10000: 4180}), "OAuth2")
    assert [merged.target_port(port) for port in (8080, 10000, 9090)] == [4180, 4180, 9090]


def test_two_in_front_of_one_port_are_a_conflict() -> None:
    merged = merge(pod({"name": "app"}), Contribution(target_ports={8080: 10000}), "Envoy")
    with pytest.raises(Conflict) as raised:
        merge(merged, Contribution(target_ports={8080: 4180}), "OAuth2")
    assert str(raised.value) == (
        "port 8080 of the application is behind port 10000 of Envoy already, and OAuth2 wants it behind 4180; stand in "
        "front of port 10000, or leave it to one of them"
    )


def test_a_port_in_front_of_itself_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"target_ports\[8080\] must be another port, got 8080"):
        Contribution(target_ports={8080: 8080})

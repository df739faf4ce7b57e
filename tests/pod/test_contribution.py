"""What a contribution may not ask for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import Container
from patterns.pod.contribution import Contribution
from patterns.pod.merge import merge
from patterns.pod.pod_template import pod_of

APP = Container(name="app", image="app:1")


@pytest.mark.parametrize(
    ("seconds", "kind", "message"),
    [
        (-1, InvalidValue, r"grace_seconds\['a'\] must be at least 0, got -1"),
        (2**31, InvalidValue, r"grace_seconds\['a'\] must be at most 2147483647"),
        (True, WrongType, r"grace_seconds\['a'\] must be an int, got a bool True"),
        (1.5, WrongType, r"grace_seconds\['a'\] must be an int, got a float 1.5"),
        ("5", WrongType, r"grace_seconds\['a'\] must be an int, got a str '5'"),
    ],
)
def test_grace_is_whole_seconds(seconds: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        Contribution(grace_seconds={"a": seconds})


def test_it_does_not_change_with_what_it_was_made_of() -> None:
    def made(pod: Any, sidecars: Any, target_ports: Any) -> Contribution:
        return Contribution(pod=pod, sidecars=sidecars, target_ports=target_ports, labels=pod["labels"])

    options: list[Any] = [{"labels": {"a": "b"}, "list": [{"c": ["d"]}]}, [APP], {80: 81}]
    first, second = made(*options), made(*copy.deepcopy(options))
    options[0]["labels"]["a"] = options[0]["list"][0]["c"][0] = "changed"
    options[1].clear()
    options[2][80] = 82
    assert first == second


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sidecars": {"name": "a"}}, "sidecars must be a list of Container, got a dict"),
        (
            {"sidecars": [{"name": "a", "image": "b:1"}]},
            "sidecars[0] must be a Container, got a dict; write Container(name='a', image='b:1')",
        ),
        (
            {"init_containers": Container(name="a", image="b:1")},
            "init_containers must be a list of Container, got a Container; write init_containers=[...]",
        ),
        ({"mounts": {"app": "/logs"}}, "mounts['app'] must be a list of VolumeMount, got a str '/logs'"),
        ({"env": {"app": {"A": "b"}}}, "env['app'] must be a list of EnvVar, got a dict"),
        ({"before": "app"}, "before must be a list of str, got a str 'app'; write before=['app']"),
        ({"annotations": {"a": 5}}, "annotations['a'] must be a str, got an int 5; write \"5\""),
        ({"labels": {"a": "b c"}}, "labels['a'] must be at most 63 letters, digits, '-', '_' and '.', a letter or "),
        ({"native": "no"}, "native must be a bool, got a str 'no'; write native=False"),
        ({"fs_group": -1}, "fs_group must be 0-2147483647, got -1"),
        ({"target_ports": {"web": 80}}, "target_ports: key 'web' must be an int, got a str 'web'"),
        ({"target_ports": [80]}, "target_ports must be a dict of int, got a list"),
        ({"labels": {"a": 1}}, "labels['a'] must be a str, got an int 1"),
        ({"pod": ["nodeName"]}, "pod must be a dict of plain JSON, got a list"),
        ({"pod": {"hostname": {1}}}, "pod['hostname'] must be plain JSON, but {1} is no plain JSON"),
        (
            {"pod": {"containers": []}},
            "pod must not hold 'containers', whose owners would not be known; write sidecars=[Container(...)], ",
        ),
        ({"pod": {"volumes": []}}, "pod must not hold 'volumes', whose owners would not be known; write a VolumeMount"),
    ],
)
def test_what_it_cannot_hold_is_told_where_it_is_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Contribution(**options)
    assert str(raised.value).startswith(f"Contribution: {message}")


def test_its_pod_is_frozen_and_no_part_of_a_pod() -> None:
    contribution = Contribution(pod={"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}]})
    assert contribution == Contribution(pod={"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}]})
    assert isinstance(hash(contribution), int)
    first, second = (merge(pod_of({"spec": {}}), contribution, "me").spec for _ in range(2))
    assert first == second == {"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}]}
    assert first["hostAliases"] is not second["hostAliases"]

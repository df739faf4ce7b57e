"""What a contribution may not ask for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from patterns.errors import InvalidValue, WrongType
from patterns.model import Container
from patterns.pod.contribution import Contribution

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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sidecars": APP}, r"Contribution: sidecars must be a list of Container, got a Container; write sidecars=\["),
        ({"init_containers": [{"name": "a"}]}, r"Contribution: init_containers\[0\] must be a Container, got a dict"),
        (
            {"mounts": {"app": "/data"}},
            r"Contribution: mounts\['app'\] must be a list of VolumeMount, got a str '/data'",
        ),
        ({"env": {"app": {"A": "b"}}}, r"Contribution: env\['app'\] must be a list of EnvVar, got a dict"),
        ({"labels": {"a": 1}}, r"Contribution: labels\['a'\] must be a str, got an int 1"),
        ({"pod": ["nodeName"]}, "Contribution: pod must be a dict of plain JSON, got a list"),
        ({"before": "app"}, r"Contribution: before must be a list of str, got a str 'app'; write before=\['app'\]"),
        ({"native": "no"}, "Contribution: native must be a bool, got a str 'no'; write native=False"),
        ({"target_ports": [8080]}, "Contribution: target_ports must be a dict of int, got a list"),
    ],
)
def test_an_option_of_another_type_is_refused(options: Any, message: str) -> None:
    with pytest.raises(WrongType, match=f"^{message}"):
        Contribution(**options)


def test_it_does_not_change_with_what_it_was_made_of() -> None:
    def made(pod: Any, sidecars: Any, target_ports: Any) -> Contribution:
        return Contribution(pod=pod, sidecars=sidecars, target_ports=target_ports, labels=pod["labels"])

    options: list[Any] = [{"labels": {"a": "b"}, "list": [{"c": ["d"]}]}, [APP], {80: 81}]
    first, second = made(*options), made(*copy.deepcopy(options))
    options[0]["labels"]["a"] = options[0]["list"][0]["c"][0] = "changed"
    options[1].clear()
    options[2][80] = 82
    assert first == second

"""Free ports of a pod."""

from __future__ import annotations

import pytest

from patterns.errors import Conflict
from patterns.pod.ports import first_free_port


def test_the_preferred_port_is_taken_where_it_is_free() -> None:
    assert first_free_port([{"name": "app", "ports": [{"containerPort": 8080}]}], 2020) == 2020


def test_declared_ports_are_stepped_over() -> None:
    containers = [{"ports": [{"containerPort": 2020}]}, {"ports": None}, {"ports": [{"containerPort": 2021}]}]
    assert first_free_port(containers, 2020) == 2022  # type: ignore[arg-type]


def test_no_free_port_is_an_error() -> None:
    with pytest.raises(Conflict, match="no port from 65535 to 65535 is free in the pod"):
        first_free_port([{"ports": [{"containerPort": 65535}]}], 65535)

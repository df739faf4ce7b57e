"""When a container is restarted or resized."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError
from patterns.model import ResizePolicy, RestartRule

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: RestartRule(operator="In", values=[]),
        InvalidValue,
        "RestartRule: values must hold 1-255 exit codes, got 0",
    ),
    (
        lambda: RestartRule(operator="In", values=[256]),
        InvalidValue,
        "RestartRule: values[0] must be at most 255, got 256",
    ),
    (
        lambda: RestartRule(operator="In", values=[1, 1]),
        InvalidValue,
        "RestartRule: values must have each exit code once",
    ),
    (
        lambda: RestartRule(operator="in", values=[1]),
        InvalidValue,
        "RestartRule: operator must be 'In' or 'NotIn', got 'in'",
    ),
    (
        lambda: ResizePolicy("disk", "NotRequired"),
        InvalidValue,
        "ResizePolicy: resource_name must be 'cpu' or 'memory', got 'disk'",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_a_rule_and_a_policy() -> None:
    assert RestartRule(operator="NotIn", values=[0]).render() == {
        "action": "Restart",
        "exitCodes": {"operator": "NotIn", "values": [0]},
    }
    assert ResizePolicy("memory", "RestartContainer").render() == {
        "resourceName": "memory",
        "restartPolicy": "RestartContainer",
    }

"""Hooks of a container."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import Exec, Grpc, Lifecycle, Sleep

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: Lifecycle(stop_signal="term"),
        InvalidValue,
        "Lifecycle: stop_signal must be a signal such as 'SIGTERM', got 'term'; write 'SIGTERM'",
    ),
    (
        lambda: Lifecycle(stop_signal="SIGFOO"),
        InvalidValue,
        "Lifecycle: stop_signal must be a signal such as 'SIGTERM', got 'SIGFOO'",
    ),
    (
        lambda: Lifecycle(pre_stop=["sh", "-c", "sleep 5"]),
        WrongType,
        "Lifecycle: pre_stop must be an Exec, an HttpGet, a Sleep or a TcpSocket, got a list",
    ),
    (
        lambda: Lifecycle(post_start=Grpc(80)),
        WrongType,
        "Lifecycle: post_start must be an Exec, an HttpGet, a Sleep or a TcpSocket, got a Grpc",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_the_hooks() -> None:
    lifecycle = Lifecycle(post_start=Exec(["a"]), pre_stop=Sleep(5), stop_signal="SIGRTMIN+3")
    assert lifecycle.render() == {
        "postStart": {"exec": {"command": ["a"]}},
        "preStop": {"sleep": {"seconds": 5}},
        "stopSignal": "SIGRTMIN+3",
    }

"""Health checks."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import Exec, Grpc, HttpGet, Probe, Sleep, TcpSocket

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (lambda: Probe.http(80, period_seconds=0), InvalidValue, "Probe: period_seconds must be at least 1, got 0"),
    (lambda: Probe.tcp(0), InvalidValue, "Probe: port must be 1-65535, got 0"),
    (lambda: Probe.grpc(80, timeout_seconds=-1), InvalidValue, "Probe: timeout_seconds must be at least 1, got -1"),
    (lambda: Probe.exec([]), InvalidValue, "Probe: command must hold at least the program"),
    (
        lambda: Probe.exec("cat /ok"),
        WrongType,
        "Probe: command must be a list of str, got a str 'cat /ok'; write command=['cat', '/ok']",
    ),
    (
        lambda: Probe.http(80, initial_delay_seconds=-5),
        InvalidValue,
        "Probe: initial_delay_seconds must be at least 0, got -5",
    ),
    (
        lambda: Probe(handler=TcpSocket(80), failure_threshold=0),
        InvalidValue,
        "Probe: failure_threshold must be at least 1, got 0",
    ),
    (
        lambda: Probe(handler=TcpSocket(80), success_threshold=0),
        InvalidValue,
        "Probe: success_threshold must be at least 1, got 0",
    ),
    (
        lambda: Probe(handler=TcpSocket(80), termination_grace_period_seconds=0),
        InvalidValue,
        "Probe: termination_grace_period_seconds must be at least 1, got 0",
    ),
    (
        lambda: Probe(handler=Sleep(1)),
        WrongType,
        "Probe: handler must be an HttpGet, a TcpSocket, a Grpc or an Exec, got a Sleep",
    ),
    (
        lambda: Probe(handler={"httpGet": {"port": 80}}),
        WrongType,
        ("Probe: handler must be an HttpGet, a TcpSocket, a Grpc or an Exec, got a dict; write handler=HttpGet(...)"),
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_the_short_forms_are_the_plain_one() -> None:
    assert Probe.http(80, path="/a", period_seconds=5) == Probe(handler=HttpGet(80, path="/a"), period_seconds=5)
    assert Probe.tcp("db") == Probe(handler=TcpSocket("db"))
    assert Probe.grpc(80, service="a") == Probe(handler=Grpc(80, service="a"))
    assert Probe.exec(["true"]) == Probe(handler=Exec(["true"]))


def test_renders_the_handler_first() -> None:
    probe = Probe.http(
        8080,
        initial_delay_seconds=0,
        period_seconds=5,
        timeout_seconds=2,
        success_threshold=1,
        failure_threshold=4,
        termination_grace_period_seconds=9,
    )
    assert list(probe.render().items()) == [
        ("httpGet", {"path": "/", "port": 8080}),
        ("initialDelaySeconds", 0),
        ("periodSeconds", 5),
        ("timeoutSeconds", 2),
        ("successThreshold", 1),
        ("failureThreshold", 4),
        ("terminationGracePeriodSeconds", 9),
    ]

"""Ports of a container."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError
from patterns.model import ContainerPort

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (lambda: ContainerPort(0), InvalidValue, "ContainerPort: container_port must be 1-65535, got 0"),
    (lambda: ContainerPort(70000), InvalidValue, "ContainerPort: container_port must be 1-65535, got 70000"),
    (
        lambda: ContainerPort(80, name="HTTP"),
        InvalidValue,
        (
            "ContainerPort 'HTTP': name must be a port name (at most 15 lower-case letters, digits "
            "and single '-', with a letter, a letter or digit at both ends), got 'HTTP'; write 'http'"
        ),
    ),
    (
        lambda: ContainerPort(80, name="a-very-long-name"),
        InvalidValue,
        (
            "ContainerPort 'a-very-long-name': name must be a port name (at most 15 lower-case "
            "letters, digits and single '-', with a letter, a letter or digit at both ends), got "
            "'a-very-long-name'"
        ),
    ),
    (
        lambda: ContainerPort(80, name="80"),
        InvalidValue,
        (
            "ContainerPort '80': name must be a port name (at most 15 lower-case letters, digits and "
            "single '-', with a letter, a letter or digit at both ends), got '80'"
        ),
    ),
    (
        lambda: ContainerPort(80, name="a--b"),
        InvalidValue,
        (
            "ContainerPort 'a--b': name must be a port name (at most 15 lower-case letters, digits "
            "and single '-', with a letter, a letter or digit at both ends), got 'a--b'"
        ),
    ),
    (
        lambda: ContainerPort(80, protocol="tcp"),
        InvalidValue,
        "ContainerPort: protocol must be 'TCP', 'UDP' or 'SCTP', got 'tcp'",
    ),
    (lambda: ContainerPort(80, host_port=65536), InvalidValue, "ContainerPort: host_port must be 1-65535, got 65536"),
    (
        lambda: ContainerPort(80, host_ip="localhost"),
        InvalidValue,
        "ContainerPort: host_ip must be an IP address, got 'localhost'",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_in_the_order_people_write() -> None:
    port = ContainerPort(80, name="web", protocol="UDP", host_port=8080, host_ip="::1")
    assert list(port.render().items()) == [
        ("name", "web"),
        ("containerPort", 80),
        ("hostPort", 8080),
        ("hostIP", "::1"),
        ("protocol", "UDP"),
    ]


@pytest.mark.parametrize("number", [1, 65535])
def test_takes_every_port(number: int) -> None:
    assert ContainerPort(number).render() == {"containerPort": number}

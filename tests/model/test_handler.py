"""What a probe or a hook does."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import Exec, Grpc, HttpGet, HttpHeader, Sleep, TcpSocket

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (lambda: HttpGet(0), InvalidValue, "HttpGet: port must be 1-65535, got 0"),
    (lambda: HttpGet("8080"), InvalidValue, "HttpGet: port must be a number or a port name, got '8080'; write 8080"),
    (
        lambda: HttpGet("Web_UI"),
        InvalidValue,
        (
            "HttpGet: port must be a port name (at most 15 lower-case letters, digits and single "
            "'-', with a letter, a letter or digit at both ends), got 'Web_UI'; write 'web-ui'"
        ),
    ),
    (lambda: HttpGet(80, path=""), InvalidValue, "HttpGet: path must be a path such as '/healthz', got ''"),
    (lambda: HttpGet(80, scheme="https"), InvalidValue, "HttpGet: scheme must be 'HTTP' or 'HTTPS', got 'https'"),
    (
        lambda: HttpGet(80, http_headers={"X Y": "a"}),
        InvalidValue,
        ("HttpGet: http_headers['X Y']: name must be a header name (letters, digits and '-'), got 'X Y'"),
    ),
    (
        lambda: HttpGet(80, http_headers={"X": "a\nb"}),
        InvalidValue,
        "HttpGet: http_headers['X']: value must hold no control characters, got 'a\\nb'",
    ),
    (lambda: TcpSocket(99999), InvalidValue, "TcpSocket: port must be 1-65535, got 99999"),
    (lambda: Grpc("grpc"), WrongType, "Grpc: port must be an int, got a str 'grpc'"),
    (lambda: Exec([]), InvalidValue, "Exec: command must hold at least the program"),
    (
        lambda: Exec("cat /tmp/ok"),
        WrongType,
        ("Exec: command must be a list of str, got a str 'cat /tmp/ok'; write command=['cat', '/tmp/ok']"),
    ),
    (
        lambda: Exec(["a\0"]),
        InvalidValue,
        "Exec: command[0] must not hold a NUL character, which no process can take, got 'a\\x00'",
    ),
    (lambda: Sleep(-1), InvalidValue, "Sleep: seconds must be at least 0, got -1"),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_a_request() -> None:
    handler = HttpGet("web", path="/ready", scheme="HTTPS", http_headers={"X-A": "b"}, host="10.0.0.1")
    assert handler.render() == {
        "path": "/ready",
        "port": "web",
        "host": "10.0.0.1",
        "scheme": "HTTPS",
        "httpHeaders": [{"name": "X-A", "value": "b"}],
    }


def test_a_header_may_come_twice() -> None:
    handler = HttpGet(80, http_headers=[HttpHeader("A", "1"), HttpHeader("A", "2")])
    assert handler.render()["httpHeaders"] == [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]


def test_renders_the_other_handlers() -> None:
    assert TcpSocket(80).render() == {"port": 80}
    assert Grpc(80, service="a").render() == {"port": 80, "service": "a"}
    assert Exec(["true"]).render() == {"command": ["true"]}
    assert Sleep(0).render() == {"seconds": 0}

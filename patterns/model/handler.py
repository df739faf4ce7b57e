"""What a probe or a lifecycle hook does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar, Literal, TypeAlias

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.names import control_characters, port, port_number, process_text, whole_number
from patterns.model.secrets import check_header, check_query, check_reason, check_words
from patterns.model.value import dataclass, settle, within


@dataclass(frozen=True, kw_only=True)
class HttpHeader(ApiValue):
    """A header of a request.

    Args:
        name: letters, digits and dashes.
        value: text without line breaks.
        not_secret: the reason why a value that looks like a secret is none; not rendered.
    """

    kubernetes: ClassVar[str] = "HTTPHeader"
    json_names: ClassVar[Mapping[str, str]] = {"not_secret": ""}
    name: str = field(kw_only=False)
    value: str = field(kw_only=False)
    not_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch("[-A-Za-z0-9]+", self.name):
            raise InvalidValue(f"name must be a header name (letters, digits and '-'), got {self.name!r}")
        if control_characters(self.value):
            raise InvalidValue(f"value must hold no control characters, got {self.value!r}")
        if not check_reason(self.not_secret):
            check_header(self.name, self.value)


@dataclass(frozen=True, kw_only=True)
class HttpGet(ApiValue):
    """A GET request; well where the status is 200-399.

    Args:
        port: number, or name of a port of the container.
        path: default ``/``.
        scheme: default ``"HTTP"``. With ``"HTTPS"`` the certificate is not looked at.
        http_headers: by name, or a list where a name comes twice.
        host: default the pod's own address; Pod Security ``baseline`` forbids another since Kubernetes 1.34.
        not_secret: the reason why a path or header that looks like a secret is none; not rendered.
    """

    kubernetes: ClassVar[str] = "HTTPGetAction"
    source_key: ClassVar[str] = "httpGet"
    json_names: ClassVar[Mapping[str, str]] = {"not_secret": ""}
    path: str | None = "/"
    port: int | str = field(kw_only=False)
    host: str | None = None
    scheme: Literal["HTTP", "HTTPS"] | None = None
    http_headers: Mapping[str, str] | Sequence[HttpHeader] = ()
    not_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        port(self.port, "port")
        _check_host(self.host)
        if self.path is not None and (not self.path or control_characters(self.path)):
            raise InvalidValue(f"path must be a path such as '/healthz', got {self.path!r}")
        if not check_reason(self.not_secret) and self.path is not None:
            check_query(self.path)
        if isinstance(self.http_headers, Mapping):
            headers = list[HttpHeader]()
            for name, value in self.http_headers.items():
                with within(f"http_headers[{name!r}]"):
                    headers.append(HttpHeader(name, value, not_secret=self.not_secret))
            settle(self, http_headers=tuple(headers))


@dataclass(frozen=True, kw_only=True)
class TcpSocket(ApiValue):
    """A connection; well where it opens.

    Args:
        port: number, or name of a port of the container.
        host: default the pod's own address; see `HttpGet`.
    """

    kubernetes: ClassVar[str] = "TCPSocketAction"
    source_key: ClassVar[str] = "tcpSocket"
    port: int | str = field(kw_only=False)
    host: str | None = None

    def __post_init__(self) -> None:
        port(self.port, "port")
        _check_host(self.host)


@dataclass(frozen=True, kw_only=True)
class Grpc(ApiValue):
    """A call of the gRPC health protocol; well where it answers SERVING.

    Args:
        port: number; a name is not possible here.
        service: that the health service is asked for.
    """

    kubernetes: ClassVar[str] = "GRPCAction"
    source_key: ClassVar[str] = "grpc"
    port: int = field(kw_only=False)
    service: str | None = None

    def __post_init__(self) -> None:
        port_number(self.port, "port")
        if self.service is not None:
            process_text(self.service, "service")


@dataclass(frozen=True, kw_only=True)
class Exec(ApiValue):
    """A command in the container, without a shell; well where it ends with 0.

    Args:
        command: program and arguments; unlike a container's, ``$(VAR)`` in them is not expanded.
        not_secret: the reason why an argument that looks like a secret is none; not rendered.
    """

    kubernetes: ClassVar[str] = "ExecAction"
    source_key: ClassVar[str] = "exec"
    json_names: ClassVar[Mapping[str, str]] = {"not_secret": ""}
    command: Sequence[str] = field(kw_only=False)
    not_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.command:
            raise InvalidValue("command must hold at least the program")
        for index, word in enumerate(self.command):
            process_text(word, f"command[{index}]")
        if not check_reason(self.not_secret):
            check_words(self.command, "command", expanded=False)


@dataclass(frozen=True, kw_only=True)
class Sleep(ApiValue):
    """A pause, without a program in the image. On by default since Kubernetes 1.30.

    Args:
        seconds: whole seconds, within the pod's grace period; 0 since Kubernetes 1.33.
    """

    kubernetes: ClassVar[str] = "SleepAction"
    source_key: ClassVar[str] = "sleep"
    seconds: int = field(kw_only=False)

    def __post_init__(self) -> None:
        whole_number(self.seconds, "seconds")


def _check_host(host: str | None) -> None:
    if host is not None and (host.split() != [host] or control_characters(host)):
        raise InvalidValue(f"host must be a name or an address, got {host!r}; leave it out for the pod's own")


#: what a probe does
Handler: TypeAlias = HttpGet | TcpSocket | Grpc | Exec
#: what a lifecycle hook does
HookHandler: TypeAlias = Exec | HttpGet | Sleep | TcpSocket

"""Where a proxy leads its requests, as values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Literal, TypeAlias

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.names import dns_subdomain, port_number, whole_number
from patterns.model.value import Value, dataclass

#: https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/router_filter#x-envoy-retry-on
RetryOn: TypeAlias = Literal[
    "connect-failure", "refused-stream", "reset-before-request", "reset", "gateway-error", "5xx", "retriable-4xx"
]


@dataclass(frozen=True, kw_only=True)
class Retries(Value):
    """How often a request that failed is sent again, 25 milliseconds and more later.

    Args:
        attempts: beside the first one.
        on: kinds of failures. The default ones are those where the upstream has not seen the request, so that nothing
            is done twice; ``"5xx"`` and ``"reset"`` repeat a POST too.
        per_try_timeout_seconds: whole seconds for each attempt; default the route's timeout for all of them.
    """

    attempts: int = 2
    on: Sequence[RetryOn] = ("connect-failure", "refused-stream", "reset-before-request")
    per_try_timeout_seconds: int | None = None

    def __post_init__(self) -> None:
        whole_number(self.attempts, "attempts", 1)
        whole_number(self.per_try_timeout_seconds, "per_try_timeout_seconds", 1)
        if not self.on:
            raise InvalidValue("on must hold a kind of failure at least, such as 'connect-failure'")


@dataclass(frozen=True, kw_only=True)
class Upstream(Value):
    """A server beside the application.

    Args:
        host: DNS name, or IP address; requests carry it as their ``Host``.
        port: default 443 with ``tls``, else 80.
        tls: speak TLS, check the certificate against ``ca``, and ``host`` against the names in it.
        ca: authorities in PEM; default those of the proxy's image.
        http2: speak HTTP/2, as gRPC does.
        connect_timeout_seconds: whole seconds for a connection.

    Raises:
        InvalidValue: for a bad host or port, or ``ca`` without ``tls``.
    """

    host: str
    port: int | None = None
    tls: bool = False
    ca: SecretKey | ConfigMapKey | None = None
    http2: bool = False
    connect_timeout_seconds: int = 5

    def __post_init__(self) -> None:
        if not self.is_address:
            if re.search("[:/]", self.host):
                raise InvalidValue(
                    f"host must be a DNS name or an IP address, without scheme, port and path, got {self.host!r}; "
                    'write such as Upstream(host="payments.example.com", port=8443, tls=True)'
                )
            dns_subdomain(self.host, "host")
        if self.port is not None:
            port_number(self.port, "port")
        whole_number(self.connect_timeout_seconds, "connect_timeout_seconds", 1)
        if self.ca is not None and not self.tls:
            raise InvalidValue("ca must be left out without TLS; write tls=True")

    @property
    def is_address(self) -> bool:
        """Whether ``host`` is an IP address."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True

    @property
    def port_number(self) -> int:
        """``port``, or its default."""
        return (443 if self.tls else 80) if self.port is None else self.port


@dataclass(frozen=True, kw_only=True)
class Route(Value):
    """Which requests go where. Of several that match, the first one counts.

    Args:
        prefix: of the path: ``/api`` is for ``/api`` and what is below, not for ``/apis``. With a slash at its end it
            is just how the path begins.
        path: the whole path instead.
        hosts: names in ``Host``, such as ``shop.example.com`` or ``*.example.com``; its port does not count. Default
            all.
        to: where; default the application.
        rewrite: what stands in the path in place of ``prefix`` or ``path``.
        timeout_seconds: whole seconds until the response has ended; 0 for none.
        retries: of requests that failed; default none.

    Raises:
        InvalidValue: for a bad path or host, or both ``prefix`` and ``path``.
    """

    prefix: str = "/"
    path: str | None = None
    hosts: Sequence[str] = ()
    to: Upstream | None = None
    rewrite: str | None = None
    timeout_seconds: int = 15
    retries: Retries | None = None

    def __post_init__(self) -> None:
        for name, value in (("prefix", self.prefix), ("path", self.path), ("rewrite", self.rewrite)):
            if value is not None:
                _check_path(name, value)
        if self.path is not None and self.prefix != "/":
            raise InvalidValue(f"prefix and path do not go together, got {self.prefix!r} and {self.path!r}")
        for index, host in enumerate(self.hosts):
            dns_subdomain(host.removeprefix("*."), f"hosts[{index}]")
        whole_number(self.timeout_seconds, "timeout_seconds")


def _check_path(name: str, value: str) -> None:
    """Refuse what no path of a request is, when a proxy has put it into its normal form: the route would never match.

    https://www.rfc-editor.org/rfc/rfc3986#section-3.3
    """
    if not re.fullmatch(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*", value):
        raise InvalidValue(
            f"{name} must be a path such as '/api', of letters, digits and -._~!$&'()*+,;=:@/ and others as %7B, "
            f"got {value!r}"
        )
    if re.search(r"//|/\.\.?(?:/|$)|%2F|%5C", value):
        raise InvalidValue(
            f"{name} must be a path in its normal form, without '//', '/./', '/../', %2F and %5C, got {value!r}"
        )


@dataclass(frozen=True, kw_only=True)
class RateLimit(Value):
    """How many requests a pod takes; what is over it is answered with 429.

    Each pod counts for itself, so that ten replicas take ten times as many.

    Args:
        requests: that are taken in each period.
        per_seconds: whole seconds of a period.
        burst: that are taken at once after a pause; default ``requests``.
    """

    requests: int
    per_seconds: int = 1
    burst: int | None = None

    def __post_init__(self) -> None:
        whole_number(self.requests, "requests", 1)
        whole_number(self.per_seconds, "per_seconds", 1)
        whole_number(self.burst, "burst", self.requests)

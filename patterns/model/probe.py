"""Health checks. https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from patterns.model.api_value import ApiValue, plain
from patterns.model.calls import named_constructor
from patterns.model.handler import Exec, Grpc, HttpGet, HttpHeader, TcpSocket
from patterns.model.json import JsonObject
from patterns.model.names import whole_number
from patterns.model.value import dataclass


@dataclass(frozen=True, kw_only=True)
class Probe(ApiValue):
    """A health check of a container; ``Probe.http(8080, path="/ready")`` is its short form.

    Args:
        handler: what is done: `HttpGet`, `TcpSocket`, `Grpc` or `Exec`.
        initial_delay_seconds: whole seconds before the first check; default 0.
        period_seconds: whole seconds between two; default 10.
        timeout_seconds: whole seconds after which one has failed; default 1.
        success_threshold: successes in a row that make it well; default 1, and no other for liveness and startup.
        failure_threshold: failures in a row that make it ill; default 3.
        termination_grace_period_seconds: whole seconds to stop after a failed liveness probe; default the pod's.

    Raises:
        InvalidValue: for a number out of its bounds, or a handler that cannot work.
    """

    kubernetes: ClassVar[str] = "Probe"
    json_names: ClassVar[dict[str, str]] = {"handler": ""}
    also: ClassVar[dict[str, str]] = dict.fromkeys(("httpGet", "tcpSocket", "grpc", "exec"), "handler")
    handler: HttpGet | TcpSocket | Grpc | Exec
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    timeout_seconds: int | None = None
    success_threshold: int | None = None
    failure_threshold: int | None = None
    termination_grace_period_seconds: int | None = None

    def __post_init__(self) -> None:
        whole_number(self.initial_delay_seconds, "initial_delay_seconds")
        whole_number(self.period_seconds, "period_seconds", 1)
        whole_number(self.timeout_seconds, "timeout_seconds", 1)
        whole_number(self.success_threshold, "success_threshold", 1)
        whole_number(self.failure_threshold, "failure_threshold", 1)
        whole_number(self.termination_grace_period_seconds, "termination_grace_period_seconds", 1)

    def render(self) -> JsonObject:
        """The probe, its handler first."""
        return {self.handler.source_key: plain(self.handler), **super().render()}

    @classmethod
    @named_constructor
    def http(
        cls,
        port: int | str,
        *,
        path: str = "/",
        scheme: Literal["HTTP", "HTTPS"] | None = None,
        http_headers: Mapping[str, str] | Sequence[HttpHeader] = (),
        not_secret: str | None = None,
        initial_delay_seconds: int | None = None,
        period_seconds: int | None = None,
        timeout_seconds: int | None = None,
        success_threshold: int | None = None,
        failure_threshold: int | None = None,
        termination_grace_period_seconds: int | None = None,
    ) -> Probe:
        """A GET request; well where the status is 200-399; see `HttpGet`."""
        return cls(
            handler=HttpGet(port, path=path, scheme=scheme, http_headers=http_headers, not_secret=not_secret),
            initial_delay_seconds=initial_delay_seconds,
            period_seconds=period_seconds,
            timeout_seconds=timeout_seconds,
            success_threshold=success_threshold,
            failure_threshold=failure_threshold,
            termination_grace_period_seconds=termination_grace_period_seconds,
        )

    @classmethod
    @named_constructor
    def tcp(
        cls,
        port: int | str,
        *,
        initial_delay_seconds: int | None = None,
        period_seconds: int | None = None,
        timeout_seconds: int | None = None,
        success_threshold: int | None = None,
        failure_threshold: int | None = None,
        termination_grace_period_seconds: int | None = None,
    ) -> Probe:
        """A connection; well where it opens."""
        return cls(
            handler=TcpSocket(port),
            initial_delay_seconds=initial_delay_seconds,
            period_seconds=period_seconds,
            timeout_seconds=timeout_seconds,
            success_threshold=success_threshold,
            failure_threshold=failure_threshold,
            termination_grace_period_seconds=termination_grace_period_seconds,
        )

    @classmethod
    @named_constructor
    def grpc(
        cls,
        port: int,
        *,
        service: str | None = None,
        initial_delay_seconds: int | None = None,
        period_seconds: int | None = None,
        timeout_seconds: int | None = None,
        success_threshold: int | None = None,
        failure_threshold: int | None = None,
        termination_grace_period_seconds: int | None = None,
    ) -> Probe:
        """A call of the gRPC health protocol; well where it answers SERVING."""
        return cls(
            handler=Grpc(port, service=service),
            initial_delay_seconds=initial_delay_seconds,
            period_seconds=period_seconds,
            timeout_seconds=timeout_seconds,
            success_threshold=success_threshold,
            failure_threshold=failure_threshold,
            termination_grace_period_seconds=termination_grace_period_seconds,
        )

    @classmethod
    @named_constructor
    def exec(
        cls,
        command: Sequence[str],
        *,
        not_secret: str | None = None,
        initial_delay_seconds: int | None = None,
        period_seconds: int | None = None,
        timeout_seconds: int | None = None,
        success_threshold: int | None = None,
        failure_threshold: int | None = None,
        termination_grace_period_seconds: int | None = None,
    ) -> Probe:
        """A command in the container, without a shell; well where it ends with 0; see `Exec`."""
        return cls(
            handler=Exec(command, not_secret=not_secret),
            initial_delay_seconds=initial_delay_seconds,
            period_seconds=period_seconds,
            timeout_seconds=timeout_seconds,
            success_threshold=success_threshold,
            failure_threshold=failure_threshold,
            termination_grace_period_seconds=termination_grace_period_seconds,
        )

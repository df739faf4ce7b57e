"""An OpenTelemetry collector, or what else speaks OTLP over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.model import ConfigMapKey, SecretKey
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass
from patterns.sidecars.log_output import FluentBitOutput, Property, endpoint, http_output, login, made_once

_EXAMPLE = "https://otel.example.com:4318"


@dataclass(frozen=True, kw_only=True)
class OpenTelemetry(Value):
    """OTLP over HTTP: https://docs.fluentbit.io/manual/pipeline/outputs/opentelemetry

    The line is the body of a log record, and what else is known of it (pod, namespace, node, file) its attributes.

    Args:
        url: with scheme and port, and a path where a proxy wants one, without ``/v1/logs``:
            ``https://otel.example.com:4318``.
        user: who writes; it goes with ``password``.
        password: of ``user``.
        header: one header of every request, whole: its name, a space, and its value, such as ``Authorization Bearer
            abc``.
        verify: check the certificate and the name in it.
        allow_plaintext: the reason why a secret may go over ``http://``, such as a service mesh that encrypts it; not
            rendered.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.
        properties: further properties of the plugin.

    Raises:
        InvalidValue: for a bad URL, when ``user`` and ``password`` do not go together, or for a secret without TLS.
    """

    url: str
    user: str | SecretKey | None = None
    password: SecretKey | None = None
    header: SecretKey | None = None
    verify: bool = True
    allow_plaintext: str | None = None
    ca: SecretKey | ConfigMapKey | None = None
    properties: Mapping[str, Property] = NOTHING

    def __post_init__(self) -> None:
        self.fluent_bit_output()

    @made_once
    def fluent_bit_output(self) -> FluentBitOutput:
        """The plugin ``opentelemetry`` with these properties."""
        server = endpoint(self.url, _EXAMPLE)
        own: dict[str, Property] = {"logs_uri": f"{server.path}/v1/logs"} if server.path else {}
        # otherwise the whole record is the body, and no field can be searched
        own.update({"logs_body_key": "$log", "logs_body_key_attributes": True})
        own.update(login(self.user, self.password))
        if self.header is not None:
            own["header"] = self.header
        return http_output("opentelemetry", self, server, own)

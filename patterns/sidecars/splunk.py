"""Splunk, by its HTTP Event Collector."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass
from patterns.sidecars.log_output import FluentBitOutput, Property, endpoint, http_output, made_once

_EXAMPLE = "https://splunk.example.com:8088"


@dataclass(frozen=True, kw_only=True)
class Splunk(Value):
    """Splunk's HTTP Event Collector: https://docs.fluentbit.io/manual/pipeline/outputs/splunk

    Args:
        url: with scheme and port: ``https://splunk.example.com:8088``.
        token: of the collector.
        index: of the events; default the token's own.
        source: of the events; ``$log_path`` for the file that a line came from.
        sourcetype: of the events; default the token's own.
        verify: check the certificate and the name in it.
        allow_plaintext: the reason why the token may go over ``http://``, such as a service mesh that encrypts it; not
            rendered.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.
        properties: further properties of the plugin.

    Raises:
        InvalidValue: for a bad URL, or one without TLS.
    """

    url: str
    token: SecretKey
    index: str | None = None
    source: str | None = None
    sourcetype: str | None = None
    verify: bool = True
    allow_plaintext: str | None = None
    ca: SecretKey | ConfigMapKey | None = None
    properties: Mapping[str, Property] = NOTHING

    def __post_init__(self) -> None:
        if endpoint(self.url, _EXAMPLE).path:
            raise InvalidValue(f"url must have no path, which Fluent Bit knows by itself, got {self.url!r}")
        self.fluent_bit_output()

    @made_once
    def fluent_bit_output(self) -> FluentBitOutput:
        """The plugin ``splunk`` with these properties."""
        server = endpoint(self.url, _EXAMPLE)
        own: dict[str, Property] = {"splunk_token": self.token}
        events = {"event_index": self.index, "event_source": self.source, "event_sourcetype": self.sourcetype}
        own.update({key: value for key, value in events.items() if value is not None})
        return http_output("splunk", self, server, own)

"""Anything that takes log records by HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from patterns.model import ConfigMapKey, SecretKey
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass
from patterns.sidecars.log_output import FluentBitOutput, Property, endpoint, http_output, login, made_once

_EXAMPLE = "https://logs.example.com:443/ingest"


@dataclass(frozen=True, kw_only=True)
class Http(Value):
    """An HTTP server of any kind: https://docs.fluentbit.io/manual/pipeline/outputs/http

    Each request is a POST with some records. What the server answers with 200 to 205 is delivered. After 408, 429, or
    anything but 4xx, Fluent Bit sends it again; after another 4xx it drops the records.

    Args:
        url: with scheme, port and path: ``https://logs.example.com:443/ingest``.
        format: of the body: ``"json"`` (one list), ``"json_lines"`` (one record a line) or ``"msgpack"``.
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
    format: Literal["json", "json_lines", "msgpack"] = "json"
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
        """The plugin ``http`` with these properties."""
        server = endpoint(self.url, _EXAMPLE)
        own: dict[str, Property] = {"uri": server.path} if server.path else {}
        own["format"] = self.format
        if self.format != "msgpack":
            # instead of seconds as a decimal number
            own["json_date_format"] = "iso8601"
        own.update(login(self.user, self.password))
        if self.header is not None:
            own["header"] = self.header
        return http_output("http", self, server, own)

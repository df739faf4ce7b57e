"""Elasticsearch, and what speaks its bulk API."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass
from patterns.sidecars.log_index import check_index, index_properties
from patterns.sidecars.log_output import FluentBitOutput, Property, endpoint, http_output, login, made_once

_EXAMPLE = "https://logs.example.com:9200"


@dataclass(frozen=True, kw_only=True)
class Elasticsearch(Value):
    """Elasticsearch 8 or newer: https://docs.fluentbit.io/manual/pipeline/outputs/elasticsearch

    Args:
        url: with scheme and port, and a path where a proxy wants one: ``https://logs.example.com:9200``.
        index: name of the index or data stream (lower case).
        user: who writes; it goes with ``password``.
        password: of ``user``.
        api_key: the base64 form that Elasticsearch calls ``encoded``, instead of user and password.
        logstash_format: write to a new index every day, ``<index>-YYYY.MM.DD``.
        suppress_type_name: leave mapping types out, which Elasticsearch 8 refuses; ``False`` for version 6 and older.
        verify: check the certificate and the name in it.
        allow_plaintext: the reason why a secret may go over ``http://``, such as a service mesh that encrypts it; not
            rendered.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.
        properties: further properties of the plugin.

    Raises:
        InvalidValue: for a bad URL or index, when ``user`` and ``password`` do not go together, or for a secret without
            TLS.
    """

    url: str
    index: str
    user: str | SecretKey | None = None
    password: SecretKey | None = None
    api_key: SecretKey | None = None
    logstash_format: bool = False
    suppress_type_name: bool = True
    verify: bool = True
    allow_plaintext: str | None = None
    ca: SecretKey | ConfigMapKey | None = None
    properties: Mapping[str, Property] = NOTHING

    def __post_init__(self) -> None:
        endpoint(self.url, _EXAMPLE)
        check_index(self.index)
        login(self.user, self.password)
        if self.api_key is not None and self.user is not None:
            raise InvalidValue("api_key must not be given beside user and password, which Fluent Bit would use instead")
        self.fluent_bit_output()

    @made_once
    def fluent_bit_output(self) -> FluentBitOutput:
        """The plugin ``es`` with these properties."""
        server = endpoint(self.url, _EXAMPLE)
        own: dict[str, Property] = {"path": server.path} if server.path else {}
        own.update(
            index_properties(
                self.index, logstash_format=self.logstash_format, suppress_type_name=self.suppress_type_name
            )
        )
        own.update(login(self.user, self.password))
        if self.api_key is not None:
            own["http_api_key"] = self.api_key
        return http_output("es", self, server, own)

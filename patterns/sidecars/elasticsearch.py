"""Elasticsearch, and what speaks its bulk API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.value import Value
from patterns.sidecars.log_output import FluentBitOutput, Property, by_reference, endpoint, with_further

if TYPE_CHECKING:
    from patterns.sidecars.log_output import Secret

_EXAMPLE = "https://logs.example.com:9200"
# https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create
# and no %, where Fluent Bit puts the time in
_INDEX = re.compile(r"(?![-_+])[^A-Z\s\\/*?\"<>|,#:%]+")


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
    password: Secret | None = None
    api_key: Secret | None = None
    logstash_format: bool = False
    suppress_type_name: bool = True
    verify: bool = True
    allow_plaintext: str | None = None
    ca: SecretKey | ConfigMapKey | None = None
    properties: Mapping[str, Property] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_reference(password=self.password, api_key=self.api_key)
        endpoint(self.url, _EXAMPLE)
        if not _INDEX.fullmatch(self.index) or self.index in (".", ".."):
            raise InvalidValue(
                'index must be lower case, without spaces and the characters \\ / * ? " < > | , # : %, and not begin '
                f"with - _ +, got {self.index!r}; for an index every day, write logstash_format=True"
            )
        if (self.user is None) != (self.password is None):
            raise InvalidValue('user and password go together: user="shop", password=SecretKey("es", "password")')
        if self.api_key is not None and self.user is not None:
            raise InvalidValue("api_key must not be given beside user and password, which Fluent Bit would use instead")
        self.fluent_bit_output()

    def fluent_bit_output(self) -> FluentBitOutput:
        """The plugin ``es`` with these properties."""
        server = endpoint(self.url, _EXAMPLE)
        properties: dict[str, Property] = server.properties(verify=self.verify)
        if server.path:
            properties["path"] = server.path
        if self.logstash_format:
            properties.update({"logstash_format": True, "logstash_prefix": self.index})
        else:
            properties["index"] = self.index
        properties["suppress_type_name"] = self.suppress_type_name
        if self.user is not None and self.password is not None:
            properties.update({"http_user": self.user, "http_passwd": self.password})
        if self.api_key is not None:
            properties["http_api_key"] = self.api_key
        properties = with_further(properties, self.properties)
        server.check_plaintext(properties, self.allow_plaintext)
        return FluentBitOutput(
            "es",
            properties,
            files={} if self.ca is None else {"tls.ca_file": self.ca},
        )

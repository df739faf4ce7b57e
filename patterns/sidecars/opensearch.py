"""OpenSearch, run by oneself or by Amazon."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass
from patterns.sidecars.log_index import check_index, index_properties
from patterns.sidecars.log_output import FluentBitOutput, Property, endpoint, http_output, login, made_once

_EXAMPLE = "https://search.example.com:9200"


@dataclass(frozen=True, kw_only=True)
class OpenSearch(Value):
    """OpenSearch 2 or newer: https://docs.fluentbit.io/manual/pipeline/outputs/opensearch

    Args:
        url: with scheme and port, and a path where a proxy wants one: ``https://search.example.com:9200``.
        index: name of the index or data stream (lower case).
        user: who writes; it goes with ``password``.
        password: of ``user``.
        aws_region: sign every request for Amazon OpenSearch Service in this region, instead of user and password. The
            credentials are those that AWS puts into the pod, such as those of its service account.
        logstash_format: write to a new index every day, ``<index>-YYYY.MM.DD``.
        suppress_type_name: leave mapping types out, which OpenSearch 2 refuses; ``False`` for version 1.
        verify: check the certificate and the name in it.
        allow_plaintext: the reason why a secret may go over ``http://``, such as a service mesh that encrypts it; not
            rendered.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.
        properties: further properties of the plugin.

    Raises:
        InvalidValue: for a bad URL or index, when ``user`` and ``password`` do not go together, for a region beside
            them or without TLS, or for a secret without TLS.
    """

    url: str
    index: str
    user: str | SecretKey | None = None
    password: SecretKey | None = None
    aws_region: str | None = None
    logstash_format: bool = False
    suppress_type_name: bool = True
    verify: bool = True
    allow_plaintext: str | None = None
    ca: SecretKey | ConfigMapKey | None = None
    properties: Mapping[str, Property] = NOTHING

    def __post_init__(self) -> None:
        check_index(self.index)
        if self.aws_region is not None and self.user is not None:
            raise InvalidValue("aws_region must not be given beside user and password, which nobody would look at")
        if self.aws_region is not None and not endpoint(self.url, _EXAMPLE).tls:
            raise InvalidValue(f"url must begin with https, which Amazon OpenSearch Service asks for, got {self.url!r}")
        self.fluent_bit_output()

    @made_once
    def fluent_bit_output(self) -> FluentBitOutput:
        """The plugin ``opensearch`` with these properties."""
        server = endpoint(self.url, _EXAMPLE)
        own: dict[str, Property] = {"path": server.path} if server.path else {}
        own.update(
            index_properties(
                self.index, logstash_format=self.logstash_format, suppress_type_name=self.suppress_type_name
            )
        )
        own.update(login(self.user, self.password))
        if self.aws_region is not None:
            own.update({"aws_auth": True, "aws_region": self.aws_region})
        return http_output("opensearch", self, server, own)

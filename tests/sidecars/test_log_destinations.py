"""OpenSearch, Loki, OpenTelemetry and HTTP servers: what each gives to Fluent Bit, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import ConfigMapKey, SecretKey
from patterns.sidecars.http_endpoint import Http
from patterns.sidecars.log_output import FluentBitOutput
from patterns.sidecars.loki import Loki
from patterns.sidecars.open_telemetry import OpenTelemetry
from patterns.sidecars.opensearch import OpenSearch

PASSWORD = SecretKey("logs", "password")
CA = ConfigMapKey("ca", "ca.crt")
LOGIN: dict[str, Any] = {"user": "shop", "password": PASSWORD}


def opensearch(**changed: Any) -> OpenSearch:
    return OpenSearch(**{"url": "https://search.example.com:9200", "index": "shop", **changed})


def loki(**changed: Any) -> Loki:
    return Loki(**{"url": "https://loki.example.com:3100", "labels": {"app": "shop"}, **changed})


def otlp(**changed: Any) -> OpenTelemetry:
    return OpenTelemetry(**{"url": "https://otel.example.com:4318", **changed})


def http(**changed: Any) -> Http:
    return Http(**{"url": "https://logs.example.com:443/ingest", **changed})


def given(output: FluentBitOutput, host: str, port: int) -> tuple[str, dict[str, object]]:
    """The plugin and what it is given besides host and port."""
    rest = dict(output.properties)
    assert (rest.pop("host"), rest.pop("port")) == (host, port)
    return output.plugin, dict(rest)


TLS = {"tls": True, "tls.verify_hostname": True}


def test_opensearch_by_itself() -> None:
    output = opensearch(url="https://search.example.com:9200/os/").fluent_bit_output()
    own = {"path": "/os", "index": "shop", "suppress_type_name": True}
    assert given(output, "search.example.com", 9200) == ("opensearch", {**TLS, **own})


def test_opensearch_with_every_option() -> None:
    output = opensearch(
        **LOGIN, logstash_format=True, suppress_type_name=False, verify=False, ca=CA, properties={"compress": "gzip"}
    ).fluent_bit_output()
    own = {"logstash_format": True, "logstash_prefix": "shop", "suppress_type_name": False}
    login = {"http_user": "shop", "http_passwd": PASSWORD}
    further = {"tls": True, "tls.verify": False, "compress": "gzip"}
    assert given(output, "search.example.com", 9200) == ("opensearch", {**own, **login, **further})
    assert output.files == {"tls.ca_file": CA}


def test_opensearch_of_amazon_signs_its_requests() -> None:
    own = opensearch(aws_region="eu-west-1").fluent_bit_output().properties
    assert (own["aws_auth"], own["aws_region"]) == (True, "eu-west-1")


def test_loki_by_itself() -> None:
    own = {"labels": "app=shop", "label_keys": "$namespace_name, $pod_name"}
    assert given(loki().fluent_bit_output(), "loki.example.com", 3100) == ("loki", {**TLS, **own})


def test_loki_with_every_option() -> None:
    output = loki(
        url="https://loki.example.com:3100/logs",
        labels={"app": "shop", "team": "front end"},
        label_keys=["level"],
        tenant="shop",
        **LOGIN,
        line_format="key_value",
        ca=CA,
        properties={"drop_single_key": "raw"},
    ).fluent_bit_output()
    own = {
        "uri": "/logs/loki/api/v1/push",
        "labels": "app=shop, team=front end",
        "label_keys": "$level",
        "tenant_id": "shop",
        "http_user": "shop",
        "http_passwd": PASSWORD,
        "line_format": "key_value",
        "drop_single_key": "raw",
    }
    assert given(output, "loki.example.com", 3100) == ("loki", {**TLS, **own})


def test_opentelemetry_by_itself_and_with_every_option() -> None:
    body = {"logs_body_key": "$log", "logs_body_key_attributes": True}
    assert given(otlp().fluent_bit_output(), "otel.example.com", 4318) == ("opentelemetry", {**TLS, **body})
    header = SecretKey("otel", "header")
    output = otlp(
        url="https://otel.example.com:4318/x", **LOGIN, header=header, ca=CA, properties={"compress": "gzip"}
    ).fluent_bit_output()
    own = {"logs_uri": "/x/v1/logs", "http_user": "shop", "http_passwd": PASSWORD, "header": header, "compress": "gzip"}
    assert given(output, "otel.example.com", 4318) == ("opentelemetry", {**TLS, **body, **own})


def test_http_by_itself_and_with_every_option() -> None:
    own = {"uri": "/ingest", "format": "json", "json_date_format": "iso8601"}
    assert given(http().fluent_bit_output(), "logs.example.com", 443) == ("http", {**TLS, **own})
    header = SecretKey("logs", "header")
    output = http(
        url="https://logs.example.com:443",
        format="msgpack",
        **LOGIN,
        header=header,
        verify=False,
        ca=CA,
        properties={"compress": "gzip"},
    ).fluent_bit_output()
    rest = {"http_user": "shop", "http_passwd": PASSWORD, "header": header, "compress": "gzip"}
    given_ = {"tls": True, "tls.verify": False, "format": "msgpack", **rest}
    assert given(output, "logs.example.com", 443) == ("http", given_)


PLAINTEXT = "url must begin with https, because a secret is sent there"


@pytest.mark.parametrize("make", [opensearch, loki, otlp, http])
def test_every_destination_keeps_secrets_and_its_own_properties(make: Callable[..., Any]) -> None:
    with pytest.raises(InvalidValue, match=PLAINTEXT):
        make(url="http://logs:80", **LOGIN)
    with pytest.raises(InvalidValue, match="user and password go together"):
        make(user="shop")
    with pytest.raises(WrongType, match="password must be a SecretKey, got a str"):
        make(user="shop", password="geheim")
    with pytest.raises(InvalidValue, match="properties must not hold 'port', which an option of this destination sets"):
        make(properties={"port": 1})
    with pytest.raises(InvalidValue, match="url must name its port"):
        make(url="https://logs.example.com")
    assert make(url="http://logs:80", allow_plaintext="the mesh encrypts", **LOGIN)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: opensearch(index="Shop"),
            'OpenSearch: index must be lower case, without spaces and the characters \\ / * ? " < > | , # : %, and not '
            "begin with - _ +, got 'Shop'; for an index every day, write logstash_format=True",
        ),
        (
            lambda: opensearch(aws_region="eu-west-1", **LOGIN),
            "OpenSearch: aws_region must not be given beside user and password, which nobody would look at",
        ),
        (
            lambda: opensearch(url="http://search:9200", aws_region="eu-west-1"),
            "OpenSearch: url must begin with https, which Amazon OpenSearch Service asks for, got 'http://search:9200'",
        ),
        (
            lambda: loki(labels={}),
            'Loki: labels must hold one at least, by which the lines are found: labels={"app": "shop"}',
        ),
        (
            lambda: loki(labels={"app.kubernetes.io/name": "shop"}),
            "Loki: labels: 'app.kubernetes.io/name' must be letters, digits and _, and not begin with a digit",
        ),
        (
            lambda: loki(labels={"app": "a,b=c"}),
            "Loki: labels: the value of 'app' must be some text without , $ \\ and \", which Fluent Bit would not pass "
            "on, got 'a,b=c'",
        ),
        (
            lambda: loki(label_keys=["$pod_name"]),
            "Loki: label_keys must be names of fields, such as 'pod_name', got '$pod_name'",
        ),
        (
            lambda: loki(bearer_token=SecretKey("loki", "token"), **LOGIN),
            "Loki: bearer_token must not be given beside user and password; Loki looks at one of them",
        ),
        (
            lambda: otlp(header="Authorization Bearer abc"),
            'OpenTelemetry: header must be a SecretKey, got a str; write header=SecretKey("my-secret", "header")',
        ),
    ],
)
def test_what_cannot_work_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(PatternError) as caught:
        make()
    assert str(caught.value) == message

"""Destinations, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from patterns.errors import InvalidValue, PatternError
from patterns.model import ConfigMapKey, SecretKey
from patterns.sidecars.elasticsearch import Elasticsearch
from patterns.sidecars.log_output import FluentBitOutput, LogOutput, Stdout
from patterns.sidecars.splunk import Splunk


@dataclass(frozen=True)
class Syslog:
    """A destination of a team's own: nothing in the library knows of it."""

    host: str

    def fluent_bit_output(self) -> FluentBitOutput:
        return FluentBitOutput("syslog", {"host": self.host, "mode": "tls"})


def test_a_destination_of_ones_own_needs_no_change_here() -> None:
    own: LogOutput = Syslog("logs.example.com")
    assert isinstance(own, LogOutput)
    assert own.fluent_bit_output() == FluentBitOutput("syslog", {"host": "logs.example.com", "mode": "tls"})


def test_standard_output_needs_no_fluent_bit() -> None:
    stdout: LogOutput = Stdout()
    assert stdout.fluent_bit_output() is None


def test_a_secret_becomes_an_environment_variable_and_is_referred_to() -> None:
    output = FluentBitOutput(
        "http",
        {
            "host": "logs.example.com",
            "port": 443,
            "http_passwd": SecretKey("logs", "password"),
            "uri": ConfigMapKey("logs", "uri"),
        },
        files={"tls.ca_file": SecretKey("logs", "ca.crt")},
    )
    assert output.variables() == {"http_passwd": "LOG_OUTPUT_HTTP_PASSWD", "uri": "LOG_OUTPUT_URI"}
    assert output.rendered_properties(output.variables()) == {
        "host": "logs.example.com",
        "port": 443,
        "http_passwd": "${LOG_OUTPUT_HTTP_PASSWD}",
        "uri": "${LOG_OUTPUT_URI}",
        "tls.ca_file": "/fluent-bit/files/tls.ca_file",
    }


def test_elasticsearch_says_what_the_url_says() -> None:
    output = Elasticsearch(
        url="https://logs.example.com:9200/es/", index="shop", user="shop", password=SecretKey("es", "password")
    ).fluent_bit_output()
    assert (output.plugin, dict(output.properties), dict(output.files)) == (
        "es",
        {
            "host": "logs.example.com",
            "port": 9200,
            "tls": True,
            "tls.verify_hostname": True,
            "path": "/es",
            "index": "shop",
            "suppress_type_name": True,
            "http_user": "shop",
            "http_passwd": SecretKey("es", "password"),
        },
        {},
    )


def test_elasticsearch_with_every_option() -> None:
    output = Elasticsearch(
        url="http://[fd00::1]:9200",
        index="shop",
        api_key=SecretKey("es", "key"),
        logstash_format=True,
        suppress_type_name=False,
        verify=False,
        allow_plaintext="the mesh encrypts",
        ca=ConfigMapKey("ca", "ca.crt"),
        properties={"compress": "gzip", "retry_limit": 3},
    ).fluent_bit_output()
    assert (dict(output.properties), dict(output.files)) == (
        {
            "host": "fd00::1",
            "port": 9200,
            "logstash_format": True,
            "logstash_prefix": "shop",
            "suppress_type_name": False,
            "http_api_key": SecretKey("es", "key"),
            "compress": "gzip",
            "retry_limit": 3,
        },
        {"tls.ca_file": ConfigMapKey("ca", "ca.crt")},
    )


def test_splunk_with_every_option() -> None:
    output = Splunk(
        url="https://splunk.example.com:8088",
        token=SecretKey("splunk", "token"),
        index="shop",
        source="$log_path",
        sourcetype="access",
        verify=False,
        ca=SecretKey("splunk", "ca.crt"),
        properties={"compress": "gzip"},
    ).fluent_bit_output()
    assert (output.plugin, dict(output.properties), dict(output.files)) == (
        "splunk",
        {
            "host": "splunk.example.com",
            "port": 8088,
            "tls": True,
            "tls.verify": False,
            "splunk_token": SecretKey("splunk", "token"),
            "event_index": "shop",
            "event_source": "$log_path",
            "event_sourcetype": "access",
            "compress": "gzip",
        },
        {"tls.ca_file": SecretKey("splunk", "ca.crt")},
    )


def test_without_a_secret_nothing_has_to_be_encrypted() -> None:
    assert es(url="http://logs:9200").fluent_bit_output().properties["host"] == "logs"


def test_a_secret_may_go_unencrypted_for_a_reason() -> None:
    output = splunk(url="http://splunk:8088", allow_plaintext="the mesh encrypts").fluent_bit_output()
    assert "tls" not in output.properties


PLAINTEXT = (
    "url must begin with https, because a secret is sent there, which anybody on the way could read otherwise; where "
    'nobody can, say why: allow_plaintext="the service mesh encrypts what leaves the pod"'
)


def es(**changed: Any) -> Elasticsearch:
    return Elasticsearch(**{"url": "https://logs.example.com:9200", "index": "shop", **changed})


def splunk(**changed: Any) -> Splunk:
    return Splunk(**{"url": "https://splunk.example.com:8088", "token": SecretKey("splunk", "token"), **changed})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: FluentBitOutput("Loki!"),
            "FluentBitOutput: plugin must be the name of an output plugin, such as 'loki', got 'Loki!'",
        ),
        (
            lambda: FluentBitOutput("loki", {"la bels": "x"}),
            "FluentBitOutput: properties: 'la bels' is no name of a property; write them as 'tls.verify'",
        ),
        (
            lambda: FluentBitOutput("loki", {"Match": "x"}),
            "FluentBitOutput: properties must not hold 'Match': all records of the sidecar go to this output",
        ),
        (
            lambda: FluentBitOutput("loki", {"tls.ca_file": "/x"}, files={"tls.ca_file": SecretKey("a", "b")}),
            "FluentBitOutput: files: 'tls.ca_file' stands in properties too; give it once",
        ),
        (
            lambda: FluentBitOutput("loki", {"http_passwd": "geheim"}),
            (
                "FluentBitOutput: properties: 'http_passwd' must not be a literal, which everybody who reads the "
                "ConfigMap would "
                'see; write properties={"http_passwd": SecretKey("my-secret", "http_passwd")}'
            ),
        ),
        (
            lambda: FluentBitOutput("newrelic", {"license_key": "abc"}),
            (
                "FluentBitOutput: properties: 'license_key' must not be a literal, which everybody who reads the "
                "ConfigMap would "
                'see; write properties={"license_key": SecretKey("my-secret", "license_key")}'
            ),
        ),
        (
            lambda: FluentBitOutput("loki", {"labels": "job=${JOB}"}),
            (
                "FluentBitOutput: properties: 'labels' must not hold '${', got 'job=${JOB}': Fluent Bit puts an "
                "environment "
                "variable in there and has no escape for it; give what is secret or differs by cluster as SecretKey or "
                "ConfigMapKey"
            ),
        ),
        (
            lambda: FluentBitOutput("loki", {"labels": "a\nb"}),
            "FluentBitOutput: properties: 'labels' must be one line without control characters, got 'a\\nb'",
        ),
        (
            lambda: es(url="logs:9200"),
            "Elasticsearch: url must be such as 'https://logs.example.com:9200', got 'logs:9200'",
        ),
        (
            lambda: es(url="https://logs:port"),
            "Elasticsearch: url must be such as 'https://logs.example.com:9200', got 'https://logs:port'",
        ),
        (
            lambda: es(url="https://logs.example.com"),
            (
                "Elasticsearch: url must name its port, got 'https://logs.example.com': https means 443, and the "
                "plugin's own "
                "default is another; write 'https://logs.example.com:9200'"
            ),
        ),
        (
            lambda: es(url="https://shop:geheim@logs:9200"),
            (
                "Elasticsearch: url must hold no user and no password, which would stand in the ConfigMap; give a "
                "SecretKey"
            ),
        ),
        (
            lambda: es(index="Shop"),
            (
                'Elasticsearch: index must be lower case, without spaces and the characters \\ / * ? " < > | , # : %, '
                "and not "
                "begin with - _ +, got 'Shop'; for an index every day, write logstash_format=True"
            ),
        ),
        (
            lambda: es(user="shop"),
            'Elasticsearch: user and password go together: user="shop", password=SecretKey("es", "password")',
        ),
        (
            lambda: es(user="a", password=SecretKey("es", "password"), api_key=SecretKey("es", "key")),
            "Elasticsearch: api_key must not be given beside user and password, which Fluent Bit would use instead",
        ),
        (
            lambda: es(properties={"port": 1}),
            "Elasticsearch: properties must not hold 'port', which an option of this destination sets",
        ),
        (
            lambda: es(user="a", password="geheim"),
            'Elasticsearch: password must be a SecretKey, got a str; write password=SecretKey("my-secret", "password")',
        ),
        (
            lambda: es(url="http://logs:9200", user="a", password=SecretKey("es", "password")),
            f"Elasticsearch: {PLAINTEXT}",
        ),
        (lambda: es(url="http://logs:9200", api_key=SecretKey("es", "key")), f"Elasticsearch: {PLAINTEXT}"),
        (
            lambda: es(url="http://logs:9200", properties={"http_passwd": SecretKey("es", "password")}),
            f"Elasticsearch: {PLAINTEXT}",
        ),
        (lambda: splunk(url="http://splunk:8088"), f"Splunk: {PLAINTEXT}"),
        (
            lambda: splunk(url="http://splunk:8088", allow_plaintext=" "),
            "Splunk: allow_plaintext must be the reason why nobody on the way can read, got ' '",
        ),
        (
            lambda: splunk(allow_plaintext="the mesh encrypts"),
            "Splunk: allow_plaintext must be left out: TLS encrypts what is sent",
        ),
        (
            lambda: es(url="http://logs:9200", allow_plaintext="the mesh encrypts"),
            "Elasticsearch: allow_plaintext must be left out: no secret is sent",
        ),
        (
            lambda: splunk(token="geheim"),
            'Splunk: token must be a SecretKey, got a str; write token=SecretKey("my-secret", "token")',
        ),
        (
            lambda: splunk(url="https://splunk.example.com:8088/services/collector"),
            (
                "Splunk: url must have no path, which Fluent Bit knows by itself, got "
                "'https://splunk.example.com:8088/services/collector'"
            ),
        ),
    ],
)
def test_what_cannot_work_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(PatternError) as caught:
        make()
    assert str(caught.value) == message


def test_the_words_of_a_refused_secret_are_not_repeated() -> None:
    with pytest.raises(InvalidValue) as caught:
        FluentBitOutput("es", {"http_passwd": "hunter2-hunter2"})
    assert "hunter2" not in str(caught.value)

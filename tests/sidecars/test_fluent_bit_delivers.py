"""What a server is sent by the real Fluent Bit, output by output; FLUENT_BIT=/path/to/fluent-bit runs it."""

from __future__ import annotations

import gzip
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from sidecars.fluent_bit_program import FLUENT_BIT, local
from sidecars.logged_shop import Shop

from patterns.model import SecretKey
from patterns.sidecars.elasticsearch import Elasticsearch
from patterns.sidecars.http_endpoint import Http
from patterns.sidecars.log_output import FluentBitOutput, LogOutput
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.sidecars.loki import Loki
from patterns.sidecars.open_telemetry import OpenTelemetry
from patterns.sidecars.opensearch import OpenSearch
from patterns.sidecars.splunk import Splunk

pytestmark = pytest.mark.skipif(FLUENT_BIT is None, reason="FLUENT_BIT names no fluent-bit")
MESH = "a test on loopback"
USER: dict[str, Any] = {
    "user": "shop",
    "password": SecretKey("logs", "password"),
    "allow_plaintext": MESH,
}
BASIC = "Basic c2hvcDpnZWhlaW0="
#: what the variables of the sidecar hold
ENV = {
    "POD_NAME": "web-1",
    "POD_NAMESPACE": "shop",
    "NODE_NAME": "n",
    "POD_IP": "127.0.0.1",
    "LOG_OUTPUT_HTTP_PASSWD": "geheim",
    "LOG_OUTPUT_BEARER_TOKEN": "geheim",
    "LOG_OUTPUT_HEADER": "Authorization Bearer geheim",
    "LOG_OUTPUT_SPLUNK_TOKEN": "geheim",
}


class Receiver(ThreadingHTTPServer):
    """Remembers what it was sent, and answers as it is told, at last with 200."""

    def __init__(self, statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = statuses
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {key.lower(): value for key, value in self.headers.items()}
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        receiver.requests.append((self.path, headers, body))
        self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
        answer = b'{"errors":false,"items":[]}'
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on standard error."""


@contextmanager
def receiver(*statuses: int) -> Iterator[Receiver]:
    server = Receiver(list(statuses))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def delivered(directory: Path, server: Receiver, to: LogOutput, *, requests: int = 1) -> list[tuple[str, Any, bytes]]:
    """What arrived of one line, after so many requests."""
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to, port=28298)
    config = local(shop, directory)
    (directory / "logs" / "access.log").write_text("hello\n")
    with (directory / "out").open("wb") as out:
        process = subprocess.Popen([str(FLUENT_BIT), "-c", str(config)], env=ENV, stdout=out, stderr=out)
        try:
            end = time.monotonic() + 30
            while len(server.requests) < requests and process.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
        finally:
            process.terminate()
            process.wait(timeout=15)
    assert len(server.requests) >= requests, (directory / "out").read_text()
    return server.requests


RECORD = {"log": "hello", "pod_name": "web-1", "namespace_name": "shop", "node_name": "n"}


def _of_line(record: Any, directory: Path) -> bool:
    return {key: record[key] for key in RECORD} == RECORD and record["log_path"] == f"{directory}/logs/access.log"


@pytest.mark.parametrize("product", [Elasticsearch, OpenSearch])
def test_an_index_gets_one_document_a_line(tmp_path: Path, product: type[Elasticsearch] | type[OpenSearch]) -> None:
    with receiver() as server:
        [(path, headers, body)] = delivered(tmp_path, server, product(url=f"{server.url}/es", index="shop", **USER))
    action, document = body.splitlines()
    assert (path, headers["authorization"]) == ("/es/_bulk", BASIC)
    assert json.loads(action) == {"create": {"_index": "shop"}}
    assert _of_line(json.loads(document), tmp_path)


def test_splunk_gets_one_event_a_line(tmp_path: Path) -> None:
    with receiver() as server:
        to = Splunk(url=server.url, token=SecretKey("splunk", "token"), index="shop", allow_plaintext=MESH)
        [(path, headers, body)] = delivered(tmp_path, server, to)
    assert (path, headers["authorization"]) == ("/services/collector/event", "Splunk geheim")
    event = json.loads(body)
    assert event["index"] == "shop"
    assert _of_line(event["event"], tmp_path)


def test_loki_gets_the_labels_as_a_stream_and_the_rest_as_its_line(tmp_path: Path) -> None:
    labels = {"app": "shop", "team": "front end"}
    with receiver() as server:
        to = Loki(url=f"{server.url}/logs", labels=labels, tenant="shop", **USER)
        [(path, headers, body)] = delivered(tmp_path, server, to)
    assert (path, headers["authorization"], headers["x-scope-orgid"]) == ("/logs/loki/api/v1/push", BASIC, "shop")
    [stream] = json.loads(body)["streams"]
    assert stream["stream"] == {**labels, "namespace_name": "shop", "pod_name": "web-1"}
    [[_, line]] = stream["values"]
    assert json.loads(line) == {"log": "hello", "node_name": "n", "log_path": f"{tmp_path}/logs/access.log"}


def test_loki_takes_a_token_and_another_form_of_line(tmp_path: Path) -> None:
    with receiver() as server:
        to = Loki(
            url=server.url,
            labels={"app": "shop"},
            label_keys=[],
            line_format="key_value",
            bearer_token=SecretKey("loki", "token"),
            allow_plaintext=MESH,
        )
        [(path, headers, body)] = delivered(tmp_path, server, to)
    assert (path, headers["authorization"]) == ("/loki/api/v1/push", "Bearer geheim")
    [stream] = json.loads(body)["streams"]
    assert stream["stream"] == {"app": "shop"}
    assert 'log="hello" pod_name="web-1" namespace_name="shop" node_name="n"' in stream["values"][0][1]


def test_opentelemetry_gets_the_line_as_the_body_and_the_rest_as_attributes(tmp_path: Path) -> None:
    with receiver() as server:
        to = OpenTelemetry(url=f"{server.url}/otlp", header=SecretKey("otel", "header"), allow_plaintext=MESH)
        [(path, headers, body)] = delivered(tmp_path, server, to)
    assert (path, headers["authorization"]) == ("/otlp/v1/logs", "Bearer geheim")
    assert headers["content-type"] == "application/x-protobuf"
    # protobuf: field number and kind, length, text; LogRecord has its body in field 5 and its attributes in field 6
    assert b"\x2a\x07\x0a\x05hello" in body
    for key, value in RECORD.items():
        attribute = bytes([0x0A, len(key)]) + key.encode() + bytes([0x12, len(value) + 2, 0x0A, len(value)])
        assert (attribute + value.encode() in body) == (key != "log"), key


@pytest.mark.parametrize(("format", "type_"), [("json", "application/json"), ("json_lines", "application/x-ndjson")])
def test_any_http_server_gets_records(tmp_path: Path, format: Any, type_: str) -> None:
    with receiver() as server:
        [(path, headers, body)] = delivered(tmp_path, server, Http(url=f"{server.url}/in", format=format, **USER))
    assert (path, headers["authorization"], headers["content-type"]) == ("/in", BASIC, type_)
    record = json.loads(body)[0] if format == "json" else json.loads(body)
    assert record["date"].endswith("Z")
    assert _of_line(record, tmp_path)


def test_a_line_that_is_sent_is_not_printed_too(tmp_path: Path) -> None:
    """What is printed, the node's agent sends a second time, as it does where another output prints it."""
    with receiver() as server:
        delivered(tmp_path, server, Http(url=server.url))
        assert "hello" not in (tmp_path / "out").read_text()
    config = yaml.safe_load((tmp_path / "fluent-bit.yaml").read_text())
    config["pipeline"]["outputs"].append({"name": "stdout", "match": "*"})
    (tmp_path / "plain.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "logs" / "access.log").write_text("hello again\n" * 2)
    with (tmp_path / "plain").open("wb") as out:
        process = subprocess.Popen([str(FLUENT_BIT), "-c", str(tmp_path / "plain.yaml")], env=ENV, stdout=out)
        time.sleep(3)
        process.terminate()
        process.wait(timeout=15)
    assert "hello again" in (tmp_path / "plain").read_text()


TRACE = """\
java.lang.IllegalStateException: no stock
    at com.example.Shop.buy(Shop.java:12)
    at com.example.Web.handle(Web.java:34)
the next line
"""


@pytest.mark.parametrize(("multiline", "records"), [([], 4), (["java"], 2)], ids=["plain", "ours"])
def test_a_stack_trace_is_one_record_where_its_language_is_named(
    tmp_path: Path, multiline: list[str], records: int
) -> None:
    shop = Shop()
    to = FluentBitOutput("stdout", {"format": "json_lines"})
    LoggingSidecar(
        shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to, multiline=multiline, port=28298
    )
    config = local(shop, tmp_path)
    (tmp_path / "logs" / "access.log").write_text(TRACE)
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen([str(FLUENT_BIT), "-c", str(config)], env=ENV, stdout=out, stderr=out)
        time.sleep(4)
        process.terminate()
        process.wait(timeout=15)
    printed = [json.loads(line)["log"] for line in (tmp_path / "out").read_text().splitlines() if '"log":' in line]
    assert len(printed) == records
    assert ("no stock" in printed[0] and "Web.java:34" in printed[0]) == (records == 2)


@pytest.mark.parametrize("status", [429, 503])
def test_what_a_server_cannot_take_now_is_sent_again(tmp_path: Path, status: int) -> None:
    with receiver(status) as server:
        [(_, _, first), (_, _, again)] = delivered(tmp_path, server, Http(url=server.url), requests=2)
    assert again == first

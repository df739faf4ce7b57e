"""The configuration of Fluent Bit: every key is documented, and no text changes its structure."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from patterns.errors import InvalidValue
from patterns.model import Json, JsonObject, SecretKey
from patterns.model.json import objects_at
from patterns.sidecars.elasticsearch import Elasticsearch
from patterns.sidecars.fluent_bit import Configuration, chunks_in_memory, plain_text
from patterns.sidecars.log_output import FluentBitOutput
from patterns.yaml import write_yaml

ES = Elasticsearch(
    url="https://logs.example.com:9200/es",
    index="shop",
    user="shop",
    password=SecretKey("es", "password"),
    ca=SecretKey("es", "ca.crt"),
).fluent_bit_output()


def configuration(
    output: FluentBitOutput = ES,
    *,
    paths: tuple[str, ...] = ("/var/log/app/access.log",),
    multiline: tuple[str, ...] = (),
    json: bool = False,
    memory_bytes: int | None = 64 * 2**20,
    state_bytes: int | None = 64 * 2**20,
) -> JsonObject:
    return Configuration(
        tag="log-shipper",
        paths=paths,
        state="/fluent-bit/state",
        state_bytes=state_bytes,
        memory_bytes=memory_bytes,
        port=2020,
        address="POD_IP",
        grace_seconds=5,
        multiline=multiline,
        json=json,
        metadata={"pod_name": "POD_NAME", "node_name": "NODE_NAME"},
        plugin=output.plugin,
        properties=output.rendered_properties(output.variables()),
    ).render()


def test_the_whole_configuration() -> None:
    assert configuration() == {
        "service": {
            "grace": 5,
            "http_server": True,
            "http_listen": "${POD_IP}",
            "http_port": 2020,
            "health_check": True,
            "scheduler.cap": 60,
            "storage.path": "/fluent-bit/state/buffer",
            "storage.max_chunks_up": 5,
            "storage.backlog.mem_limit": "5M",
        },
        "pipeline": {
            "inputs": [
                {
                    "name": "tail",
                    "tag": "log-shipper.access.log",
                    "path": "/var/log/app/access.log",
                    "path_key": "log_path",
                    "db": "/fluent-bit/state/tail-0.db",
                    "db.locking": True,
                    "db.compare_filename": True,
                    "read_from_head": True,
                    "refresh_interval": 0.25,
                    "buffer_max_size": "256k",
                    "skip_long_lines": True,
                    "storage.type": "filesystem",
                    "storage.pause_on_chunks_overlimit": True,
                }
            ],
            "filters": [{"name": "modify", "match": "*", "set": ["pod_name ${POD_NAME}", "node_name ${NODE_NAME}"]}],
            "outputs": [
                {
                    "name": "es",
                    "match": "*",
                    "retry_limit": 10,
                    "storage.total_limit_size": 48 * 2**20,
                    "host": "logs.example.com",
                    "port": 9200,
                    "tls": True,
                    "tls.verify_hostname": True,
                    "path": "/es",
                    "index": "shop",
                    "suppress_type_name": True,
                    "http_user": "shop",
                    "http_passwd": "${LOG_OUTPUT_HTTP_PASSWD}",
                    "tls.ca_file": "/fluent-bit/files/tls.ca_file",
                }
            ],
        },
    }


def test_every_file_has_an_input_a_tag_and_a_database_of_its_own() -> None:
    inputs = objects_at(configuration(paths=("/logs/a.log", "/logs/http/*.log")), "pipeline", "inputs")
    assert [(i["path"], i["tag"], i["db"]) for i in inputs] == [
        ("/logs/a.log", "log-shipper.a.log", "/fluent-bit/state/tail-0.db"),
        # a star in a tag would stand for the whole path
        ("/logs/http/*.log", "log-shipper._.log", "/fluent-bit/state/tail-1.db"),
    ]


def test_stack_traces_are_put_together_by_built_in_parsers() -> None:
    only = objects_at(configuration(multiline=("java", "python")), "pipeline", "inputs")[0]
    assert only["multiline.parser"] == "java, python"


def test_lines_of_json_are_parsed() -> None:
    config = configuration(json=True)
    assert config["parsers"] == [{"name": "json", "format": "json"}]
    assert objects_at(config, "pipeline", "inputs")[0]["parser"] == "json"


def test_a_property_of_the_output_goes_before_the_default() -> None:
    output = FluentBitOutput("loki", {"host": "loki", "retry_limit": 3})
    assert objects_at(configuration(output, state_bytes=None), "pipeline", "outputs") == [
        {"name": "loki", "match": "*", "retry_limit": 3, "host": "loki"}
    ]


# --- text of a user -----------------------------------------------------------------------------------------------

HOSTILE = [
    "it's",
    'a "b"',
    "# no comment",
    "{{ x }}",
    "%d",
    "- a",
    "a: b",
    "*",
    "&a",
    "!tag",
    "@INCLUDE x",
    "yes",
    "0o644",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_user_stays_text(text: str) -> None:
    config = configuration(FluentBitOutput("loki", {"labels": text}))
    assert _read(config) == config


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30))
def test_any_text_of_a_user_stays_text(text: str) -> None:
    if "${" in text:
        with pytest.raises(InvalidValue):
            FluentBitOutput("loki", {"labels": text})
        return
    config = configuration(FluentBitOutput("loki", {"labels": text}))
    assert _read(config) == config


def _read(config: JsonObject) -> Json:
    # libyaml is what Fluent Bit reads its configuration with
    read: Json = yaml.load(write_yaml([config]), Loader=yaml.CSafeLoader)
    return read


@pytest.mark.parametrize("text", ["${HOME}", "a${b", "}${X}"])
def test_a_variable_in_text_is_refused_for_there_is_no_escape(text: str) -> None:
    with pytest.raises(InvalidValue, match="Fluent Bit puts an environment variable in there"):
        plain_text("labels", text)


def test_a_dollar_alone_is_text() -> None:
    assert plain_text("event_source", "$log_path {x}") == "$log_path {x}"


# --- memory -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("memory", "inputs", "chunks"),
    [(64 * 2**20, 1, 5), (64 * 2**20, 3, 4), (128 * 2**20, 1, 14), (37 * 2**20, 1, 1), (2**40, 1, 128), (None, 9, 128)],
)
def test_what_is_held_in_memory_follows_the_memory_limit(memory: int | None, inputs: int, chunks: int) -> None:
    assert chunks_in_memory(memory, inputs) == chunks


def test_a_memory_limit_below_one_chunk_is_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        chunks_in_memory(32 * 2**20, 2)
    assert str(caught.value) == (
        "resources: the memory limit must be at least 38Mi for Fluent Bit with 2 inputs, got 32Mi, and it would be "
        "killed "
        'under load; write resources=ResourceRequirements(requests={"memory": "38Mi"}, limits={"memory": "38Mi"})'
    )
    assert chunks_in_memory(38 * 2**20, 2) == 1

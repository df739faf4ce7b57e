"""Every key that is rendered for Fluent Bit stands in its documentation, for that plugin.

The keys were read in August 2026, when the manual was of version 5.1. Version 4.2, the default image, takes all that is
rendered: see test_fluent_bit_itself.py.
"""

from __future__ import annotations

import pytest

from patterns.model import JsonObject, SecretKey
from patterns.model.json import object_at, objects_at
from patterns.sidecars.elasticsearch import Elasticsearch
from patterns.sidecars.fluent_bit import Configuration
from patterns.sidecars.http_endpoint import Http
from patterns.sidecars.log_output import FluentBitOutput
from patterns.sidecars.loki import Loki
from patterns.sidecars.open_telemetry import OpenTelemetry
from patterns.sidecars.opensearch import OpenSearch
from patterns.sidecars.splunk import Splunk

MANUAL = "https://docs.fluentbit.io/manual/"

#: keys of every output, by page
OF_OUTPUTS: dict[str, str] = {
    "administration/configuring-fluent-bit/yaml/pipeline-section": "log_level match match_regex name",
    "pipeline/buffering": "storage.total_limit_size",
    "administration/scheduling-and-retries": "retry_limit",
    "administration/transport-security": (
        "tls tls.ca_file tls.ca_path tls.ciphers tls.crt_file tls.debug tls.key_file tls.key_passwd "
        "tls.max_version tls.min_version tls.verify tls.verify_client_cert tls.verify_hostname tls.vhost"
    ),
}

#: keys by what they belong to, and by page
DOCUMENTED: dict[str, dict[str, str]] = {
    "service": {
        "administration/configuring-fluent-bit/yaml/service-section": (
            "coro_stack_size daemon dns.mode dns.prefer_ipv4 dns.prefer_ipv6 dns.resolver enable_chunk_trace "
            "enabled flush flush.adaptive flush.adaptive.down_steps flush.adaptive.high_pressure "
            "flush.adaptive.low_pressure flush.adaptive.max_interval flush.adaptive.medium_pressure "
            "flush.adaptive.min_interval flush.adaptive.up_steps grace hc_errors_count hc_period "
            "hc_retry_failure_count health_check hot_reload hot_reload.ensure_thread_safety hot_reload.timeout "
            "http_listen http_port http_server json.convert_nan_to_null json.escape_unicode log_file log_level "
            "max_series max_tag_length multiline_buffer_limit parsers_file plugins_file scheduler.base "
            "scheduler.cap security.fips_mode sp.convert_from_str_to_num storage.backlog.flush_on_shutdown "
            "storage.backlog.mem_limit storage.checksum storage.delete_irrecoverable_chunks storage.inherit "
            "storage.keep.rejected storage.max_chunks_up storage.metrics storage.path storage.rejected.limit "
            "storage.rejected.path storage.sync storage.trim_files storage.type streams_file windows.maxstdio"
        ),
    },
    "parser": {
        "pipeline/parsers/configuring-parser": (
            "decode_field decode_field_as format logfmt_no_bare_keys name regex skip_empty_values time_format "
            "time_keep time_key time_offset time_strict time_system_timezone time_zone types"
        ),
    },
    "tail": {
        "administration/configuring-fluent-bit/yaml/pipeline-section": "log_level name tag",
        "pipeline/inputs/tail": (
            "buffer_chunk_size buffer_max_size db db.compare_filename db.journal_mode db.locking db.sync "
            "docker_mode docker_mode_flush docker_mode_parser event_batch_size exclude_path exit_on_eof "
            "file_cache_advise generic.encoding ignore_active_older_files ignore_older inotify_watcher key "
            "mem_buf_limit multiline multiline.parser multiline_flush offset_key parser parser_firstline parser_n "
            "path path_key progress_check_interval progress_check_interval_nsec read_from_head "
            "read_newly_discovered_files_from_head refresh_interval rotate_wait skip_empty_lines skip_long_lines "
            "static_batch_size tag tag_regex thread.ring_buffer.capacity thread.ring_buffer.window threaded "
            "truncate_long_lines unicode.encoding watcher_interval windows.path_encoding"
        ),
        "pipeline/buffering": (
            "mem_buf_limit rate_gate rate_gate.backpressure rate_gate.max_bytes rate_gate.max_records "
            "rate_gate.resume_ratio rate_window storage.pause_on_chunks_overlimit storage.type"
        ),
    },
    "modify": {
        "administration/configuring-fluent-bit/yaml/pipeline-section": "log_level match match_regex name",
        "pipeline/filters/modify": (
            "add copy hard_copy hard_rename move_to_end move_to_start remove remove_regex remove_wildcard rename set"
        ),
    },
    "es": {
        **OF_OUTPUTS,
        "pipeline/outputs/elasticsearch": (
            "aws_auth aws_external_id aws_profile aws_region aws_role_arn aws_service_name aws_sts_endpoint "
            "buffer_size cloud_auth cloud_id compress current_time_index generate_id host http_api_key "
            "http_passwd http_user id_key include_tag_key index logstash_dateformat logstash_format "
            "logstash_prefix logstash_prefix_key logstash_prefix_separator path pipeline port replace_dots "
            "suppress_type_name tag_key time_key time_key_format time_key_nanos trace_error trace_output type "
            "workers write_operation"
        ),
    },
    "splunk": {
        **OF_OUTPUTS,
        "pipeline/outputs/splunk": (
            "auto_extract_timestamp channel compress event_field event_host event_index event_index_key event_key "
            "event_source event_sourcetype event_sourcetype_key host http_buffer_size http_debug_bad_request "
            "http_passwd http_user port splunk_send_raw splunk_token workers"
        ),
    },
    "opensearch": {
        **OF_OUTPUTS,
        "pipeline/outputs/opensearch": (
            "aws_auth aws_external_id aws_profile aws_region aws_role_arn aws_service_name aws_sts_endpoint "
            "buffer_size compress current_time_index generate_id host http_passwd http_user id_key include_tag_key "
            "index logstash_dateformat logstash_format logstash_prefix logstash_prefix_key "
            "logstash_prefix_separator path pipeline port replace_dots suppress_type_name tag_key time_key "
            "time_key_format time_key_nanos trace_error trace_output type workers write_operation"
        ),
    },
    "loki": {
        **OF_OUTPUTS,
        "pipeline/outputs/loki": (
            "auto_kubernetes_labels bearer_token buffer_size compress drop_single_key header host http_passwd "
            "http_user label_keys label_map_path labels line_format port remove_keys structured_metadata "
            "structured_metadata_map_keys tenant_id tenant_id_key tenant_id_key_error_handling uri workers"
        ),
    },
    "opentelemetry": {
        **OF_OUTPUTS,
        "pipeline/outputs/opentelemetry": (
            "add_label aws_auth aws_external_id aws_profile aws_region aws_role_arn aws_service aws_sts_endpoint "
            "batch_size compress grpc grpc_logs_uri grpc_metrics_uri grpc_profiles_uri grpc_traces_uri header host "
            "http2 http_passwd http_user log_response_payload logs_attributes_metadata_key logs_body_key "
            "logs_body_key_attributes logs_instrumentation_scope_metadata_key logs_max_resources logs_max_scopes "
            "logs_metadata_key logs_observed_timestamp_metadata_key logs_resource_metadata_key "
            "logs_severity_number_message_key logs_severity_number_metadata_key logs_severity_text_message_key "
            "logs_severity_text_metadata_key logs_span_id_message_key logs_span_id_metadata_key "
            "logs_timestamp_metadata_key logs_trace_flags_metadata_key logs_trace_id_message_key "
            "logs_trace_id_metadata_key logs_uri metrics_uri port profiles_uri proxy traces_uri workers"
        ),
    },
    "http": {
        **OF_OUTPUTS,
        "pipeline/outputs/http": (
            "allow_duplicated_headers aws_auth aws_external_id aws_profile aws_region aws_role_arn aws_service "
            "aws_sts_endpoint body_key compress format gelf_full_message_key gelf_host_key gelf_level_key "
            "gelf_short_message_key gelf_timestamp_key header header_tag headers_key host http.read_idle_timeout "
            "http.response_timeout http_method http_passwd http_user json_date_format json_date_key "
            "log_response_payload port proxy uri workers"
        ),
    },
}

ES = Elasticsearch(
    url="https://logs.example.com:9200/es",
    index="shop",
    user="shop",
    password=SecretKey("es", "password"),
    ca=SecretKey("es", "ca.crt"),
).fluent_bit_output()
ES_DAILY = Elasticsearch(
    url="https://logs.example.com:9200", index="shop", api_key=SecretKey("es", "key"), logstash_format=True
).fluent_bit_output()
SPLUNK = Splunk(
    url="https://splunk.example.com:8088",
    token=SecretKey("splunk", "token"),
    index="shop",
    source="$log_path",
    sourcetype="access",
    ca=SecretKey("splunk", "ca.crt"),
).fluent_bit_output()
OPENSEARCH = OpenSearch(
    url="https://search.example.com:9200/os",
    index="shop",
    user="shop",
    password=SecretKey("os", "password"),
    logstash_format=True,
    ca=SecretKey("os", "ca.crt"),
).fluent_bit_output()
AWS = OpenSearch(url="https://search.example.com:443", index="shop", aws_region="eu-west-1").fluent_bit_output()
LOKI = Loki(
    url="https://loki.example.com:3100/loki",
    labels={"app": "shop"},
    tenant="shop",
    user="shop",
    password=SecretKey("loki", "password"),
    line_format="key_value",
    ca=SecretKey("loki", "ca.crt"),
).fluent_bit_output()
LOKI_TOKEN = Loki(
    url="https://loki.example.com:3100", labels={"app": "shop"}, bearer_token=SecretKey("loki", "token")
).fluent_bit_output()
OTLP = OpenTelemetry(
    url="https://otel.example.com:4318/v1",
    user="shop",
    password=SecretKey("otel", "password"),
    header=SecretKey("otel", "header"),
    ca=SecretKey("otel", "ca.crt"),
).fluent_bit_output()
HTTP = Http(
    url="https://logs.example.com:443/ingest",
    user="shop",
    password=SecretKey("http", "password"),
    header=SecretKey("http", "header"),
    ca=SecretKey("http", "ca.crt"),
).fluent_bit_output()
OUTPUTS = {
    "es": ES,
    "es-daily": ES_DAILY,
    "splunk": SPLUNK,
    "opensearch": OPENSEARCH,
    "opensearch-aws": AWS,
    "loki": LOKI,
    "loki-token": LOKI_TOKEN,
    "opentelemetry": OTLP,
    "http": HTTP,
}


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
def test_every_key_is_documented_for_its_plugin(output: FluentBitOutput) -> None:
    for document in (_configuration(output, multiline=["java"]), _configuration(output, json=True)):
        assert _undocumented(object_at(document, "service"), "service") == []
        for parser in objects_at(document, "parsers"):
            assert _undocumented(parser, "parser") == []
        for kind in ("inputs", "filters", "outputs"):
            for plugin in objects_at(document, "pipeline", kind):
                assert _undocumented(plugin, str(plugin["name"])) == []


def _undocumented(section: JsonObject, kind: str) -> list[str]:
    known = {key for keys in DOCUMENTED[kind].values() for key in keys.split()}
    return sorted(set(section) - known)


def test_a_key_that_nobody_documented_is_found() -> None:
    assert _undocumented({"path": "/x", "bogus": 1}, "tail") == ["bogus"]


def _configuration(output: FluentBitOutput, *, multiline: list[str] | None = None, json: bool = False) -> JsonObject:
    return Configuration(
        tag="log-shipper",
        paths=["/var/log/app/access.log"],
        state="/fluent-bit/state",
        state_bytes=64 * 2**20,
        memory_bytes=64 * 2**20,
        port=2020,
        address="POD_IP",
        grace_seconds=5,
        multiline=multiline or [],
        json=json,
        metadata={"pod_name": "POD_NAME"},
        plugin=output.plugin,
        properties=output.rendered_properties(output.variables()),
    ).render()

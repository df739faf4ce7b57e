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
from patterns.sidecars.log_output import FluentBitOutput
from patterns.sidecars.splunk import Splunk

MANUAL = "https://docs.fluentbit.io/manual/"

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
        "administration/configuring-fluent-bit/yaml/pipeline-section": "log_level match match_regex name",
        "pipeline/buffering": "storage.total_limit_size",
        "administration/scheduling-and-retries": "retry_limit",
        "administration/transport-security": (
            "tls tls.ca_file tls.ca_path tls.ciphers tls.crt_file tls.debug tls.key_file tls.key_passwd "
            "tls.max_version tls.min_version tls.verify tls.verify_client_cert tls.verify_hostname tls.vhost"
        ),
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
        "administration/configuring-fluent-bit/yaml/pipeline-section": "log_level match match_regex name",
        "pipeline/buffering": "storage.total_limit_size",
        "administration/scheduling-and-retries": "retry_limit",
        "administration/transport-security": (
            "tls tls.ca_file tls.ca_path tls.ciphers tls.crt_file tls.debug tls.key_file tls.key_passwd "
            "tls.max_version tls.min_version tls.verify tls.verify_client_cert tls.verify_hostname tls.vhost"
        ),
        "pipeline/outputs/splunk": (
            "auto_extract_timestamp channel compress event_field event_host event_index event_index_key event_key "
            "event_source event_sourcetype event_sourcetype_key host http_buffer_size http_debug_bad_request "
            "http_passwd http_user port splunk_send_raw splunk_token workers"
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


@pytest.mark.parametrize("output", [ES, ES_DAILY, SPLUNK], ids=["es", "es-daily", "splunk"])
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

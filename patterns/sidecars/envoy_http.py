"""The parts of an Envoy's listeners and clusters, with the types that it finds them by."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.model import Json, JsonObject
from patterns.sidecars.proxy_routes import RateLimit, Upstream

#: the cluster behind which the admin interface stands
ADMIN = "admin"
#: in the image: https://github.com/GoogleContainerTools/distroless/blob/main/base/README.md
_SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt"


def typed(kind: str, **fields: Json) -> JsonObject:
    """A part with its type below ``envoy.extensions``."""
    return {"@type": f"type.googleapis.com/envoy.extensions.{kind}", **fields}


def filter_of(name: str, config: JsonObject) -> JsonObject:
    """A filter of a listener or a connection manager."""
    return {"name": name, "typed_config": config}


def lua(script: str) -> JsonObject:
    """A script for the requests of one route."""
    return typed("filters.http.lua.v3.LuaPerRoute", source_code={"inline_string": script})


def connection_manager(
    name: str,
    hosts: list[Json],
    filters: Sequence[JsonObject] = (),
    *,
    access_log: bool = False,
    websocket: bool = False,
    by_path: bool = False,
    trusted_hops: int | None = None,
    drain_seconds: int | None = None,
) -> JsonObject:
    """What speaks HTTP on a listener.

    https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto

    Args:
        name: of its statistics.
        hosts: virtual hosts.
        filters: before the router.
        access_log: one line for each request.
        websocket: let requests be upgraded.
        by_path: whether it goes by a path where a request leads; then all spell the path one way.
        trusted_hops: proxies before this one whose headers tell of the client; ``None`` passes headers as they come.
        drain_seconds: between the two GOAWAYs of HTTP/2.
    """
    router = filter_of("router", typed("filters.http.router.v3.Router"))
    options: JsonObject = {"normalize_path": True} if by_path else {}
    if by_path:
        options["merge_slashes"] = True
        options["path_with_escaped_slashes_action"] = "UNESCAPE_AND_REDIRECT"
    if trusted_hops is not None:
        options["use_remote_address"] = True
        options["xff_num_trusted_hops"] = trusted_hops
    if drain_seconds is not None:
        options["drain_timeout"] = f"{drain_seconds}s"
    if websocket:
        options["upgrade_configs"] = [{"upgrade_type": "websocket"}]
    if access_log:
        options["access_log"] = [
            filter_of("stdout", typed("access_loggers.stream.v3.StdoutAccessLog", **_json_lines()))
        ]
    return typed(
        "filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=name,
        **options,
        # names with their ports are the same hosts
        route_config={"name": name, "ignore_port_in_host_matching": True, "virtual_hosts": hosts},
        http_filters=[*filters, router],
    )


def _json_lines() -> JsonObject:
    fields: JsonObject = {
        "time": "%START_TIME%",
        "method": "%REQ(:METHOD)%",
        "path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
        "host": "%REQ(:AUTHORITY)%",
        "status": "%RESPONSE_CODE%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "milliseconds": "%DURATION%",
        "bytes": "%BYTES_SENT%",
        "client": "%DOWNSTREAM_REMOTE_ADDRESS%",
        "upstream": "%UPSTREAM_CLUSTER%",
    }
    return {"log_format": {"json_format": fields}}


def rate_limit_filter(limit: RateLimit) -> JsonObject:
    """https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/local_rate_limit_filter"""
    always: JsonObject = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    return typed(
        "filters.http.local_ratelimit.v3.LocalRateLimit",
        stat_prefix="local_ratelimit",
        token_bucket={
            "max_tokens": limit.requests if limit.burst is None else limit.burst,
            "tokens_per_fill": limit.requests,
            "fill_interval": f"{limit.per_seconds}s",
        },
        filter_enabled=always,
        filter_enforced=always,
    )


def overload_manager(heap_bytes: int) -> JsonObject:
    """Requests are refused with 503 before the memory is full, which would end the process with all of them.

    https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/operations/overload_manager/overload_manager
    """
    monitor = "envoy.resource_monitors.fixed_heap"
    heap = typed("resource_monitors.fixed_heap.v3.FixedHeapConfig", max_heap_size_bytes=heap_bytes)

    def at(value: float, action: str) -> JsonObject:
        trigger: JsonObject = {"name": monitor, "threshold": {"value": value}}
        return {"name": f"envoy.overload_actions.{action}", "triggers": [trigger]}

    return {
        "resource_monitors": [filter_of(monitor, heap)],
        "actions": [at(0.9, "shrink_heap"), at(0.95, "stop_accepting_requests")],
    }


def downstream_tls(certificate: str) -> JsonObject:
    """TLS for clients, by a certificate that this file tells of."""
    source: JsonObject = {"resource_api_version": "V3", "path_config_source": {"path": certificate}}
    secrets: list[Json] = [{"name": "server", "sds_config": source}]
    common: JsonObject = {"alpn_protocols": ["h2", "http/1.1"], "tls_certificate_sds_secret_configs": secrets}
    return filter_of("tls", typed("transport_sockets.tls.v3.DownstreamTlsContext", common_tls_context=common))


def upstream_cluster(
    name: str,
    upstream: Upstream,
    *,
    ca: str | None = None,
    buffer_bytes: int,
    by_ipv6: bool = False,
    idle_seconds: int | None = None,
) -> JsonObject:
    """Where requests go.

    Args:
        name: of the cluster.
        upstream: the server.
        ca: file with its authorities; default those of the image.
        buffer_bytes: of each connection.
        by_ipv6: take a name's IPv6 addresses first. An Envoy does by default, be the pod able to reach them or not.
        idle_seconds: after which an unused connection is closed; default an hour.
    """
    address: JsonObject = {"address": upstream.host, "port_value": upstream.port_number}
    cluster: JsonObject = {
        "name": name,
        "type": "STATIC" if upstream.is_address else "STRICT_DNS",
        "connect_timeout": f"{upstream.connect_timeout_seconds}s",
        "per_connection_buffer_limit_bytes": buffer_bytes,
        "load_assignment": _endpoint(name, {"socket_address": address}),
    }
    if not upstream.is_address:
        cluster["dns_lookup_family"] = "AUTO" if by_ipv6 else "V4_PREFERRED"
    if upstream.http2 or idle_seconds is not None:
        key = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
        version = "http2_protocol_options" if upstream.http2 else "http_protocol_options"
        idle: JsonObject = {}
        if idle_seconds is not None:
            idle["common_http_protocol_options"] = {"idle_timeout": f"{idle_seconds}s"}
        options = typed("upstreams.http.v3.HttpProtocolOptions", **idle, explicit_http_config={version: {}})
        cluster["typed_extension_protocol_options"] = {key: options}
    if upstream.tls:
        kind = "IP_ADDRESS" if upstream.is_address else "DNS"
        # without authorities an Envoy takes any certificate, and without names one of anybody
        trusted: JsonObject = {
            "trusted_ca": {"filename": ca or _SYSTEM_CA},
            "match_typed_subject_alt_names": [{"san_type": kind, "matcher": {"exact": upstream.host}}],
        }
        context = typed(
            "transport_sockets.tls.v3.UpstreamTlsContext", common_tls_context={"validation_context": trusted}
        )
        cluster["transport_socket"] = filter_of(
            "tls", context if upstream.is_address else {**context, "sni": upstream.host}
        )
    return cluster


def unix_cluster(name: str, path: str) -> JsonObject:
    """A server on a Unix socket."""
    return {"name": name, "type": "STATIC", "load_assignment": _endpoint(name, {"pipe": {"path": path}})}


def _endpoint(name: str, address: JsonObject) -> JsonObject:
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}]}

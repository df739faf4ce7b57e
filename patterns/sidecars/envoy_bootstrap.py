"""The configuration of an Envoy, as data: https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/bootstrap/v3/"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patterns.model import ConfigMapKey, Json, JsonObject, SecretKey
from patterns.model.quantity import quantity
from patterns.sidecars.envoy_http import (
    ADMIN,
    connection_manager,
    downstream_tls,
    filter_of,
    lua,
    overload_manager,
    rate_limit_filter,
    typed,
    unix_cluster,
    upstream_cluster,
)
from patterns.sidecars.envoy_routes import route_of, virtual_hosts
from patterns.sidecars.proxy_program import PROXY_PORT, ProxyPlace
from patterns.sidecars.proxy_routes import RateLimit, Route, Upstream

CONFIG_FILE = "envoy.yaml"
CERTIFICATE_FILE = "certificate.yaml"
ADMIN_DIRECTORY = "/var/run/envoy"
READY_PATH, LIVE_PATH, DRAIN_PATH = "/ready", "/live", "/drain"
_METRICS_PATH = "/stats/prometheus"
_APPLICATION = "application"
#: of each connection, and so of the memory of all: https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/best_practices/edge
_BUFFER_BYTES = 32768
#: before the application closes an unused connection: a request that meets its closing ends in 503. Gunicorn's default
#: is 2 seconds (https://docs.gunicorn.org/en/stable/settings.html#keepalive); on loopback a new one is cheap
_IDLE_SECONDS = 1


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """The options of an ``Envoy`` in its place.

    Without clients there are no ``routes``.
    """

    place: ProxyPlace
    routes: Sequence[Route]
    outbound: Mapping[str, Route]
    tls: bool
    rate_limit: RateLimit | None
    http2: bool
    websocket: bool
    trusted_hops: int | None
    access_log: bool
    metrics: bool
    address: str

    @property
    def has_admin(self) -> bool:
        """Whether anything asks the admin interface; else there is none."""
        return self.place.closed or self.metrics

    def render(self) -> JsonObject:
        """The content of ``CONFIG_FILE``."""
        admin: JsonObject = {}
        if self.has_admin:
            admin["admin"] = {"address": {"pipe": {"path": f"{ADMIN_DIRECTORY}/admin.sock", "mode": 0o600}}}
        # a name is needed where a certificate is read from a file
        node: JsonObject = {"node": {"id": self.place.name, "cluster": self.place.name}}
        memory = self.place.resources.limits.get("memory") if self.place.resources else None
        overload: JsonObject = {}
        if memory is not None:
            limit = quantity(memory, "resources: memory")
            # the rest is for stacks, pages of the program, and what the allocator keeps
            overload["overload_manager"] = overload_manager(limit.numerator * 3 // (4 * limit.denominator))
        return {
            **node,
            **admin,
            **overload,
            "static_resources": {"listeners": self._listeners(), "clusters": self._clusters()},
        }

    def certificate(self) -> JsonObject:
        """The content of ``CERTIFICATE_FILE``: read anew when the kubelet has renewed the files.

        https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/security/secret
        """
        files = self.place.files_path
        tls: JsonObject = {
            "certificate_chain": {"filename": f"{files}/tls.crt"},
            "private_key": {"filename": f"{files}/tls.key"},
            "watched_directory": {"path": files},
        }
        secret = typed("transport_sockets.tls.v3.Secret", name="server", tls_certificate=tls)
        return {"resources": [secret]}

    def files(self, tls_secret: str | None) -> dict[str, SecretKey | ConfigMapKey]:
        """What is mounted, by file name."""
        result: dict[str, SecretKey | ConfigMapKey] = {}
        if tls_secret is not None:
            result = {key: SecretKey(tls_secret, key) for key in ("tls.crt", "tls.key")}
        for name, upstream in self._upstreams().items():
            if upstream.ca is not None:
                result[f"{name}.crt"] = upstream.ca
        return result

    # --- listeners ----------------------------------------------------------------------------------------------

    def _listeners(self) -> list[Json]:
        result: list[Json] = [
            {
                **self._listener("ready", self.address, self._ready(), drains=False),
                # a busy Envoy is no dead one
                "bypass_overload_manager": True,
            }
        ]
        if self.routes:
            result.append(self._listener(PROXY_PORT, self.address, self._proxy(), tls=self.tls))
        if self.metrics:
            route: JsonObject = {"match": {"path": _METRICS_PATH}, "route": {"cluster": ADMIN}}
            manager = connection_manager("metrics", virtual_hosts([], {"*": [route]}))
            result.append(self._listener("metrics", self.address, manager, drains=False))
        for name, to in self.outbound.items():
            routes = {"*": [route_of(to, self._cluster_of(to))]}
            manager = connection_manager(name, virtual_hosts([], routes), access_log=self.access_log)
            # it serves the application until that has ended
            result.append(self._listener(name, "127.0.0.1", manager, drains=False))
        return result

    def _listener(
        self, name: str, address: str, manager: JsonObject, *, drains: bool = True, tls: bool = False
    ) -> JsonObject:
        socket: JsonObject = {"address": address, "port_value": self.place.ports[name]}
        if address == "::":
            socket["ipv4_compat"] = True
        chain: JsonObject = {"filters": [filter_of("http", manager)]}
        if tls:
            chain["transport_socket"] = downstream_tls(f"{self.place.config_path}/{CERTIFICATE_FILE}")
        listener: JsonObject = {
            "name": name,
            "address": {"socket_address": socket},
            "per_connection_buffer_limit_bytes": _BUFFER_BYTES,
        }
        if not drains:
            listener["drain_type"] = "MODIFY_ONLY"
        return {**listener, "filter_chains": [chain]}

    def _ready(self) -> JsonObject:
        """What the kubelet asks: it answers when all listeners do, and says 503 from the hook on.

        A hook is a GET, and what changes an Envoy is a POST to its admin interface.
        """
        health = typed(
            "filters.http.health_check.v3.HealthCheck",
            pass_through_mode=False,
            headers=[{"name": ":path", "string_match": {"exact": READY_PATH}}],
        )
        routes: list[JsonObject] = [{"match": {"path": LIVE_PATH}, "direct_response": {"status": 200}}]
        filters = [filter_of("health_check", health)]
        if self.place.closed:
            post = lua('function envoy_on_request(handle)\n  handle:headers():replace(":method", "POST")\nend\n')
            filters.append(filter_of("lua", typed("filters.http.lua.v3.Lua")))
            routes.append(
                {
                    "match": {"path": DRAIN_PATH},
                    "route": {"cluster": ADMIN, "prefix_rewrite": "/healthcheck/fail"},
                    "typed_per_filter_config": {"lua": post},
                }
            )
        return connection_manager("ready", virtual_hosts([], {"*": routes}), filters)

    def _proxy(self) -> JsonObject:
        filters = [] if self.rate_limit is None else [filter_of("local_ratelimit", rate_limit_filter(self.rate_limit))]
        hosts = virtual_hosts([(route, route_of(route, self._cluster_of(route))) for route in self.routes], {})
        return connection_manager(
            PROXY_PORT,
            hosts,
            filters,
            access_log=self.access_log,
            websocket=self.websocket,
            by_path=len(self.routes) > 1,
            trusted_hops=self.trusted_hops,
            # the second and last GOAWAY, before the application stops
            drain_seconds=max(1, self.place.drain_seconds // 2),
        )

    # --- clusters -----------------------------------------------------------------------------------------------

    def _clusters(self) -> list[Json]:
        result: list[Json] = []
        if self.place.application_port is not None:
            here = Upstream(host="127.0.0.1", port=self.place.application_port, http2=self.http2)
            result.append(upstream_cluster(_APPLICATION, here, buffer_bytes=_BUFFER_BYTES, idle_seconds=_IDLE_SECONDS))
        for name, upstream in self._upstreams().items():
            ca = f"{self.place.files_path}/{name}.crt" if upstream.ca is not None else None
            by_ipv6 = ":" in self.address
            result.append(upstream_cluster(name, upstream, ca=ca, buffer_bytes=_BUFFER_BYTES, by_ipv6=by_ipv6))
        if self.has_admin:
            result.append(unix_cluster(ADMIN, f"{ADMIN_DIRECTORY}/admin.sock"))
        return result

    def _upstreams(self) -> dict[str, Upstream]:
        """Each upstream once, by the name of its cluster."""
        result: dict[str, Upstream] = {}
        for route in (*self.routes, *self.outbound.values()):
            if route.to is not None and route.to not in result.values():
                result[f"upstream-{len(result) + 1}"] = route.to
        return result

    def _cluster_of(self, route: Route) -> str:
        return next((name for name, upstream in self._upstreams().items() if upstream == route.to), _APPLICATION)

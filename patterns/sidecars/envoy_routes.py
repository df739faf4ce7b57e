"""Routes as Envoy has them: https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/route/v3/route_components.proto"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from patterns.model import Json, JsonObject
from patterns.sidecars.proxy_routes import Retries, Route

#: for requests with a Host that no route names
_ALL = "*"


def virtual_hosts(
    routes: Sequence[tuple[Route, JsonObject]], further: Mapping[str, Sequence[JsonObject]]
) -> list[Json]:
    """One virtual host for each name: with its routes and those for all names, in their order.

    Args:
        routes: as they were given, and as `route_of` renders them.
        further: rendered routes by name.
    """
    by_host: dict[str, list[JsonObject]] = {host: [] for route, _ in routes for host in route.hosts}
    if routes:
        by_host[_ALL] = []
    for route, rendered in routes:
        for host in route.hosts or by_host:
            by_host[host].append(rendered)
    for host, given in further.items():
        by_host.setdefault(host, []).extend(given)
    return [{"name": host, "domains": [host], "routes": [*listed]} for host, listed in by_host.items()]


def route_of(route: Route, cluster: str) -> JsonObject:
    """One route to a cluster."""
    action: JsonObject = {"cluster": cluster, "timeout": f"{route.timeout_seconds}s", **_rewrite(route)}
    if route.to is not None:
        action["host_rewrite_literal"] = route.to.host
    if route.retries is not None:
        action["retry_policy"] = _retry_policy(route.retries)
    return {"match": _match(route), "route": action}


def _match(route: Route) -> JsonObject:
    if route.path is not None:
        return {"path": route.path}
    # it matches whole segments, and has no slash at its end
    return {"prefix" if route.prefix.endswith("/") else "path_separated_prefix": route.prefix}


def _rewrite(route: Route) -> JsonObject:
    """What stands in place of the prefix, with one slash between it and the rest, whichever of both has one."""
    if route.rewrite is None:
        return {}
    if route.path is not None or route.prefix.endswith("/") == route.rewrite.endswith("/"):
        return {"prefix_rewrite": route.rewrite}
    if route.prefix.endswith("/"):
        return {"prefix_rewrite": f"{route.rewrite}/"}
    # in place of /api alone it would leave //a of /api/a
    return {"regex_rewrite": {"pattern": {"regex": f"^{re.escape(route.prefix)}/*"}, "substitution": route.rewrite}}


def _retry_policy(retries: Retries) -> JsonObject:
    policy: JsonObject = {"retry_on": ",".join(retries.on), "num_retries": retries.attempts}
    if retries.per_try_timeout_seconds is not None:
        policy["per_try_timeout"] = f"{retries.per_try_timeout_seconds}s"
    return policy

"""Envoy as a proxy in front of the application, and on its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patterns.defaults import ENVOY_IMAGE, ENVOY_RUN_SIZE_LIMIT
from patterns.errors import InvalidValue
from patterns.model import HttpGet, ResourceRequirements
from patterns.model.calls import checked
from patterns.model.frozen import NOTHING
from patterns.model.names import dns_subdomain, env_name, whole_number
from patterns.model.quantity import quantity
from patterns.model.value import Value, dataclass, within
from patterns.sidecars.envoy_bootstrap import (
    ADMIN_DIRECTORY,
    CERTIFICATE_FILE,
    CONFIG_FILE,
    DRAIN_PATH,
    LIVE_PATH,
    READY_PATH,
    Bootstrap,
)
from patterns.sidecars.proxy_program import PROXY_PORT, ProxyPlace, ProxyProgram, check_address
from patterns.sidecars.proxy_routes import RateLimit, Route, Upstream
from patterns.yaml import write_yaml

#: of the distroless image: https://github.com/GoogleContainerTools/distroless#why-should-i-use-distroless-images
_USER = 65532
#: names of its ports, beside those of what the application asks
_OWN_PORTS = ("ready", "metrics")
#: worker threads where the container may have every CPU of the node: one for each would be dozens
_WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class Envoy(Value):
    """Envoy: https://www.envoyproxy.io/docs/envoy/v1.40.0/

    What no route matches goes to the application. A listener of its own answers ``/ready`` and ``/live``; the admin
    interface is on a Unix socket that no other container has. At the pod's deletion it answers every request with
    ``Connection: close`` (HTTP/2: ``GOAWAY``), so that clients with open connections leave, and stays: it closes no
    listener, and stops when the application has. That takes a hook on the ready listener, which is there only where a
    NetworkPolicy leaves that port to the kubelet.

    Args:
        routes: which requests go elsewhere than to the application, or with other timeouts.
        outbound: what the application asks, by the variable in which it finds the URL: an ``Upstream``, or a ``Route``
            to one. Each has a listener of its own on the loopback address.
        inbound: stand in front of the application; ``False`` for ``outbound`` alone.
        tls_secret: name of a Secret of type ``kubernetes.io/tls``, with which clients are served; a renewed one is
            taken without a restart. Default plain HTTP.
        rate_limit: of all requests of clients together; default none.
        http2: speak HTTP/2 to the application, as gRPC does.
        websocket: let clients go over to WebSockets.
        timeout_seconds: of what no route matches: whole seconds until the response has ended; 0 for none.
        trusted_hops: proxies before this one whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed; then the
            client's address is added, and with 0 the protocol is written anew. Default: both pass as they come, which
            is right behind an ingress controller, and lets other pods of the cluster write what they like.
        access_log: one line of JSON for each request on standard output.
        metrics: answer ``/stats/prometheus`` on a port of its own, which stays open to other pods.
        concurrency: worker threads; default as many as the CPU limit allows, and 2 without one.
        address: that clients come to: ``"0.0.0.0"``, or ``"::"`` where pods have IPv6 addresses, for both.

    Raises:
        InvalidValue: for a bad name or number, or where there is nothing to do.
    """

    routes: Sequence[Route] = ()
    outbound: Mapping[str, Upstream | Route] = NOTHING
    inbound: bool = True
    tls_secret: str | None = None
    rate_limit: RateLimit | None = None
    http2: bool = False
    websocket: bool = False
    timeout_seconds: int = 15
    trusted_hops: int | None = None
    access_log: bool = False
    metrics: bool = False
    concurrency: int | None = None
    address: str = "0.0.0.0"

    def __post_init__(self) -> None:
        whole_number(self.timeout_seconds, "timeout_seconds")
        whole_number(self.concurrency, "concurrency", 1)
        whole_number(self.trusted_hops, "trusted_hops")
        if self.tls_secret is not None:
            dns_subdomain(self.tls_secret, "tls_secret")
        check_address(self.address)
        for variable, to in self.outbound.items():
            with within(f"outbound[{variable!r}]"):
                env_name(variable, "the variable")
                if variable in (PROXY_PORT, *_OWN_PORTS):
                    raise InvalidValue("the variable must not have the name of a listener of its own")
                if isinstance(to, Route) and (to.to is None or to.hosts or to.path is not None or to.prefix != "/"):
                    raise InvalidValue("must be a Route with to=, and without prefix, path and hosts")
        if not self.inbound:
            self._check_outbound_alone()

    def _check_outbound_alone(self) -> None:
        if not self.outbound:
            raise InvalidValue('outbound must be given with inbound=False: {"PAYMENTS_URL": Upstream(host=...)}')
        for option in ("routes", "tls_secret", "rate_limit", "http2", "websocket", "trusted_hops"):
            if getattr(self, option) not in (None, False, ()):
                raise InvalidValue(f"{option} must be left out with inbound=False, since no clients come")

    def preferred_ports(self) -> Mapping[str, int]:
        """10000 for clients, 10001 for the kubelet, then metrics and what the application asks."""
        names = [*(["metrics"] if self.metrics else []), *self.outbound]
        further = {name: 10002 + index for index, name in enumerate(names)}
        return {**({PROXY_PORT: 10000} if self.inbound else {}), "ready": 10001, **further}

    @checked
    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        """Envoy with its bootstrap in a file."""
        bootstrap = Bootstrap(
            place=place,
            routes=[*self.routes, Route(timeout_seconds=self.timeout_seconds)] if self.inbound else [],
            outbound={name: to if isinstance(to, Route) else Route(to=to) for name, to in self.outbound.items()},
            tls=self.tls_secret is not None,
            rate_limit=self.rate_limit,
            http2=self.http2,
            websocket=self.websocket,
            trusted_hops=self.trusted_hops,
            access_log=self.access_log,
            metrics=self.metrics,
            address=self.address,
        )
        config = {CONFIG_FILE: write_yaml([bootstrap.render()])}
        if self.tls_secret is not None:
            config[CERTIFICATE_FILE] = write_yaml([bootstrap.certificate()])
        ready = place.ports["ready"]
        return ProxyProgram(
            image=ENVOY_IMAGE,
            command=[
                "/usr/local/bin/envoy",
                "--config-path",
                f"{place.config_path}/{CONFIG_FILE}",
                "--concurrency",
                str(self.concurrency or _workers(place.resources)),
                # one process in its container: there is no other one to take over from
                "--disable-hot-restart",
            ],
            ready=HttpGet(ready, path=READY_PATH),
            live=HttpGet(ready, path=LIVE_PATH),
            config=config,
            files=bootstrap.files(self.tls_secret),
            writable={ADMIN_DIRECTORY: ENVOY_RUN_SIZE_LIMIT} if bootstrap.has_admin else {},
            drain=HttpGet(ready, path=DRAIN_PATH) if place.closed else None,
            run_as_user=_USER,
            application_env={name: f"http://127.0.0.1:{place.ports[name]}" for name in self.outbound},
            open_ports=[place.ports["metrics"]] if self.metrics else [],
        )


def _workers(resources: ResourceRequirements | None) -> int:
    limit = resources.limits.get("cpu") if resources else None
    if limit is None:
        return _WORKERS
    cpus = quantity(limit, "cpu")
    return max(1, -(-cpus.numerator // cpus.denominator))

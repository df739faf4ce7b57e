"""A sidecar that stands between the application and its clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import CONTAINER_SECURITY, NATIVE_SIDECARS, PROXY_RESOURCES, Default
from patterns.errors import InvalidValue, WrongType
from patterns.model import EnvSource, EnvVar, ResourceRequirements, Security, SecurityContext, Sleep
from patterns.model.env import variables_of
from patterns.model.json import objects_at
from patterns.model.names import whole_number
from patterns.model.value import replace
from patterns.objects.config_map import ConfigMap
from patterns.objects.network_policy import OpenPorts
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.room import total, with_disk
from patterns.pod.versions import supports
from patterns.sidecars.proxied_application import application_port as port_of_application
from patterns.sidecars.proxied_application import (
    check_open_ports,
    check_pod,
    check_probes,
    chosen_ports,
    refuse_without_clients,
)
from patterns.sidecars.proxy_container import CONFIG_PATH, FILES_PATH, ProxyContainer
from patterns.sidecars.proxy_program import PROXY_PORT, Proxy, ProxyPlace, ProxyProgram, preferred_ports

if TYPE_CHECKING:
    from constructs import Construct


class ProxySidecar(Pattern):
    """Puts a proxy in front of the application: its Services lead to the proxy, which passes requests on.

    It runs as a native sidecar (Kubernetes 1.29 or newer): the application starts when the proxy takes connections, and
    the proxy is stopped when the application has ended. A pod is ready when both are. Services made by
    ``Service(workload=...)`` lead to the proxy's port, whichever stands first in the program; a NetworkPolicy closes
    the pod's other ports, so that nobody goes past it.

    At the pod's deletion the application goes on for ``drain_seconds`` (a ``preStop`` hook that sleeps, Kubernetes 1.30
    or newer), while the pod leaves the endpoints and the proxy sends its clients elsewhere. Before 1.30 there is no
    such hook: the application gets its stop signal at once, and should serve on for some seconds by itself.
    https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination

    A classic sidecar (``native=False``) starts and stops beside the application; it sleeps for ``drain_seconds`` and
    ``grace_seconds`` before its stop signal, which should be longer than the application takes.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        proxy: the product: ``Envoy(...)``, or one of your own.
        application_port: on which the application listens, or the port of another proxy in front of it; default the
            only TCP port that its containers declare.
        port: of the proxy; default the first free one from the product's own on.
        loopback_env: variables by which every application container is told to listen on the pod's loopback address
            alone, such as ``{"HOST": "127.0.0.1"}``: then it cannot be reached past the proxy, not even on a network
            without policies. Its probes have to go through the proxy, or run in it.
        network_policy: close every port of the pod to other pods but the proxy's and ``also_open``.
        also_open: further TCP ports that stay open, such as ``[9090]`` for metrics.
        drain_seconds: whole seconds for which the application goes on after the pod's deletion; 0 for none. The pod's
            grace period grows by as much.
        grace_seconds: whole seconds that the proxy needs to stop, by which the grace period grows too; default the
            product's.
        image: default the product's.
        command: what runs instead of the generated command.
        env: further environment variables of the proxy; one of the product's name replaces it.
        resources: default ``PROXY_RESOURCES``, and the size of the directories that it writes to as a request for
            ephemeral storage. ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them; ``False`` for the classic form.
        before: names of init containers and sidecars that start after this one, such as those that use the network.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for an application whose port is not known, probes that would not reach it, a readiness that leads
            to the application, a pod on its node's network or for Windows, or a classic sidecar in a pod that has to
            end by itself.
        WrongType: for a proxy that is none.
        Conflict: when the name, a port or a mount is taken, or something else stands in front of the application's
            port.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        proxy: Proxy,
        application_port: int | None = None,
        port: int | None = None,
        loopback_env: Mapping[str, str] | None = None,
        network_policy: bool = True,
        also_open: Sequence[int] = (),
        drain_seconds: int = 5,
        grace_seconds: int | None = None,
        image: str | None = None,
        command: Sequence[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = PROXY_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        native: bool | Default[bool] = NATIVE_SIDECARS,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        native = self.native(native)
        whole_number(drain_seconds, "drain_seconds")
        whole_number(grace_seconds, "grace_seconds", 1)
        check_pod(self.workload.pod.spec)
        application = objects_at(self.workload.pod.base, "containers")
        preferred = preferred_ports(proxy)
        behind = None
        if PROXY_PORT in preferred:
            behind = port_of_application(application_port, application)
        else:
            refuse_without_clients(application_port, port, loopback_env, also_open)
        check_open_ports(also_open, behind, closed=network_policy)
        place = ProxyPlace(
            name=id,
            application_port=behind,
            ports=chosen_ports(preferred, port, behind, self.free_port),
            config_path=CONFIG_PATH,
            files_path=FILES_PATH,
            resources=self.default(resources),
            drain_seconds=drain_seconds,
            closed=network_policy and behind is not None,
        )
        program = self._program(proxy, place)
        if behind is not None and loopback_env:
            check_probes(behind, application, place.port)
        config = None
        if program.config:
            config = ConfigMap(
                self, "config", data=program.config, hash_in_name=True, namespace=self.workload.namespace
            )
        if place.closed:
            OpenPorts(self, "policy", workload=self.workload, ports=[place.port, *program.open_ports, *also_open])
        room = {path: self.default(size) for path, size in program.writable.items()}
        sleeps = drain_seconds > 0 and behind is not None and supports(self.workload.target, "sleep-hook")
        grace = program.grace_seconds if grace_seconds is None else grace_seconds
        told = variables_of({**(loopback_env or {}), **program.application_env})
        container = ProxyContainer(
            program=program,
            place=place,
            config_map=config.name if config else None,
            room=room,
            image=self.default(program.image) if image is None else image,
            command=command,
            env=variables_of(env),
            resources=with_disk(place.resources, total(room.values()) if isinstance(resources, Default) else None),
            # a classic one gets its signal when the application gets its own, and has to go on until that has ended
            pre_stop=program.drain if native else Sleep(drain_seconds + grace) if sleeps else None,
            security_context=self._context(security, program),
        )
        self.contribute(
            Contribution(
                sidecars=[container.container()],
                native=native,
                env=dict.fromkeys(self.workload.application_containers, told) if told else {},
                grace_seconds={id: grace if native or not sleeps else drain_seconds + 2 * grace},
                pre_stop_sleep=drain_seconds if sleeps else 0,
                target_ports={} if behind is None else {behind: place.port},
                before=before,
                after=after,
            )
        )

    def _program(self, proxy: Proxy, place: ProxyPlace) -> ProxyProgram:
        program: object = proxy.proxy_program(place)
        if not isinstance(program, ProxyProgram):
            raise WrongType(f"proxy: proxy_program() must give a ProxyProgram, got {program!r}")
        if place.application_port is not None and program.ready.port == place.application_port:
            raise InvalidValue(
                f"proxy: ready must not ask the application's port {place.application_port}: the application starts "
                "when the proxy is ready, and neither ever would be; ask the proxy itself"
            )
        return program

    def _context(self, security: Security | Default[Security] | None, program: ProxyProgram) -> SecurityContext | None:
        context = self.plain_security_context(security)
        if context is None or context.run_as_user is not None or self.workload.identity().run_as_user is not None:
            return context
        return replace(context, run_as_user=program.run_as_user)

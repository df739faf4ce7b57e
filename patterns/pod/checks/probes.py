"""Rules for probes, and for what probes and hooks do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patterns.model.json import Json, JsonObject, object_at, text_at
from patterns.model.names import port_name
from patterns.pod.checks.reading import complaint, number, texts
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, container_rule, pod_container_rule
from patterns.pod.checks.subject import Container, PodContainer, Steps, entries

_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_PROBED = (*_PROBES, "lifecycle")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_SIDECARS = (
    "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-pod-lifecycle"
)
_HEADER = re.compile(r"[-A-Za-z0-9]+")
_NUMBERS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def probes_of(container: Container) -> Iterator[tuple[str, JsonObject]]:
    """The container's probes, by field."""
    for field in _PROBES:
        probe = container.json.get(field)
        if isinstance(probe, dict):
            yield field, probe


def handlers_of(container: Container) -> Iterator[tuple[Steps, JsonObject]]:
    """Every probe and hook, with the way to it."""
    for field, probe in probes_of(container):
        yield (field,), probe
    if "lifecycle" in container.json:
        for field in ("postStart", "preStop"):
            hook = object_at(container.json, "lifecycle").get(field)
            if isinstance(hook, dict):
                yield ("lifecycle", field), hook


@container_rule("handler", Outcome.REFUSED, source=f"{VALIDATION} validateHandler", fields=_PROBED)
def handler(container: Container) -> Problems:
    """A probe or hook does exactly one thing."""
    for path, one in handlers_of(container):
        found = [kind for kind in _HANDLERS if one.get(kind) is not None]
        if len(found) != 1:
            shown = " and ".join(found) or "none"
            message = f"{path[-1]} must have one of exec, httpGet, tcpSocket, grpc and sleep, got {shown}"
            fix = "keep one of them" if found else "say what it does, such as httpGet"
            yield Problem((*path, found[1]) if found else path, message, fix)


@container_rule("handler-command", Outcome.REFUSED, source=f"{VALIDATION} validateExecAction", fields=_PROBED)
def handler_command(container: Container) -> Problems:
    """``exec`` needs a command."""
    for path, one in handlers_of(container):
        if isinstance(one.get("exec"), dict) and not object_at(one, "exec").get("command"):
            message = "command must be given, got none"
            yield Problem((*path, "exec", "command"), message, "write the program and its arguments as a list")


@container_rule("handler-port", Outcome.REFUSED, source=f"{VALIDATION} ValidatePortNumOrName", fields=_PROBED)
def handler_port(container: Container) -> Problems:
    """A probe or hook knocks at a port: a number from 1 to 65535, or a name."""
    for path, one in handlers_of(container):
        for kind in ("httpGet", "tcpSocket", "grpc"):
            action = one.get(kind)
            if isinstance(action, dict) and ("port" in action or container.built_in):
                said = _port_problem(action.get("port"), named=kind != "grpc")
                if said:
                    yield Problem((*path, kind, "port"), said, "write the number or the name of the container's port")


def _port_problem(port: Json, *, named: bool) -> str:
    value = number(port)
    if port is None:
        return "port must be 1-65535, got none"
    if value is not None:
        return "" if 1 <= value <= 65535 else f"port must be 1-65535, got {value}"
    if isinstance(port, str) and named:
        return complaint(port_name, port, "port")
    return ""


@container_rule("handler-http", Outcome.REFUSED, source=f"{VALIDATION} validateHTTPGetAction", fields=_PROBED)
def handler_http(container: Container) -> Problems:
    """A request is made by HTTP or HTTPS, with headers that have proper names."""
    for path, one in handlers_of(container):
        action = one.get("httpGet")
        if not isinstance(action, dict):
            continue
        scheme = text_at(action, "scheme")
        if scheme not in ("", "HTTP", "HTTPS"):
            message = f"scheme must be HTTP or HTTPS, got {scheme!r}"
            yield Problem((*path, "httpGet", "scheme"), message, "write it in capitals")
        for at, header in entries(action.get("httpHeaders")):
            name = text_at(header, "name")
            if not _HEADER.fullmatch(name):
                message = f"a header's name must be letters, digits and '-', got {name!r}"
                yield Problem((*path, "httpGet", "httpHeaders", at), message, "mend the name")


@container_rule("probe-number", Outcome.REFUSED, source=f"{VALIDATION} validateProbe", fields=_PROBES)
def probe_number(container: Container) -> Problems:
    """Times and thresholds are not negative, and one success is enough to be alive or started."""
    for field, probe in probes_of(container):
        for name in _NUMBERS:
            value = number(probe.get(name))
            if value is not None and value < 0:
                yield Problem((field, name), f"{name} must not be negative, got {value}", "write 1 or more")
        success = number(probe.get("successThreshold"))
        if field != "readinessProbe" and success is not None and success > 1:
            message = f"successThreshold must be 1 in a {field}, got {success}"
            yield Problem((field, "successThreshold"), message, "take it out")
        grace = number(probe.get("terminationGracePeriodSeconds"))
        if grace is not None and (field == "readinessProbe" or grace < 1):
            what = "not be set in a readinessProbe" if field == "readinessProbe" else "be at least 1"
            message = f"terminationGracePeriodSeconds must {what}, got {grace}"
            yield Problem((field, "terminationGracePeriodSeconds"), message, "take it out")


@container_rule("init-container-probe", Outcome.REFUSED, source=f"{VALIDATION} validateInitContainers", fields=_PROBED)
def init_container_probe(container: Container) -> Problems:
    """An init container has to end before the application starts: it is never probed, and has no hooks."""
    if container.is_init and not container.is_sidecar:
        for field in _PROBED:
            if container.json.get(field) is not None:
                message = f"{field} must not be set on an init container that ends"
                yield Problem((field,), message, "take it out, or make it a sidecar with restartPolicy: Always")


@container_rule(
    "probe-port-unknown",
    Outcome.BROKEN,
    source="kubernetes: pkg/probe/util.go ResolveContainerPort, for probes and hooks alike",
    whole=True,
    fields=_PROBED,
)
def probe_port_unknown(container: Container) -> Problems:
    """A probe or hook that names a port looks for it in its own container; where there is none it always fails."""
    names = {text_at(port, "name") for _, port in container.entries("ports")}
    for path, one in handlers_of(container):
        for kind in ("httpGet", "tcpSocket") if path[0] != "lifecycle" else ("httpGet",):
            port = object_at(one, kind).get("port")
            if isinstance(port, str) and port and port not in names and not complaint(port_name, port, "port"):
                known = ", ".join(sorted(names - {""})) or "none"
                message = f"port must be a name that this container gives a port, got {port!r}; it has {known}"
                yield Problem((*path, kind, "port"), message, f"name a port {port!r}, or write its number")


@container_rule(
    "hook-by-tcp",
    Outcome.BROKEN,
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#LifecycleHandler",
    fields=("lifecycle",),
)
def hook_by_tcp(container: Container) -> Problems:
    """The kubelet knows no hook that opens a connection: after the start the container is killed, before the stop
    nothing is done.
    """
    lifecycle = container.json.get("lifecycle")
    for field in ("postStart", "preStop") if isinstance(lifecycle, dict) else ():
        hook = object_at(lifecycle, field)
        if isinstance(hook.get("tcpSocket"), dict) and not any(
            hook.get(other) for other in ("exec", "httpGet", "sleep")
        ):
            message = f"{field} must be exec, httpGet or sleep, got tcpSocket, which always fails"
            yield Problem(("lifecycle", field, "tcpSocket"), message, "call the program by exec or httpGet")


@pod_container_rule("startup-probe-too-early", Outcome.BROKEN, source=_SIDECARS, whole=True, fields=("startupProbe",))
def startup_probe_too_early(container: PodContainer) -> Problems:
    """A native sidecar whose startup probe asks the application never starts: the application waits for it."""
    if not container.is_sidecar:
        return
    later = [c for c in container.pod.running if c.list == "containers" or c.at > container.at]
    probe = object_at(container.json, "startupProbe")
    for kind in ("httpGet", "tcpSocket", "grpc"):
        asked = object_at(probe, kind)
        port = asked.get("port")
        if text_at(asked, "host") or port is None or port in _ports_of(container):
            continue
        answering = next((c for c in later if port in _ports_of(c)), None)
        if answering is not None:
            message = f"port must be one of what runs already, got {port}, of {answering.where}, which starts after it"
            yield Problem(("startupProbe", kind, "port"), message, "ask the sidecar itself")


def _ports_of(container: Container) -> list[Json]:
    # no set: what stands there may be any JSON
    return [port.get("containerPort") for _, port in container.entries("ports")]


@container_rule("sidecar-quits-early", Outcome.BROKEN, source=_SIDECARS, fields=("lifecycle",))
def sidecar_quits_early(container: Container) -> Problems:
    """A hook runs at the pod's deletion, and a native sidecar that it ends is missing while the application still runs.

    Kubernetes ends native sidecars by itself, after the application.
    """
    if not container.is_sidecar:
        return
    hook = object_at(container.json, "lifecycle", "preStop")
    words = texts(object_at(hook, "exec").get("command"))
    if "quitquitquit" in text_at(hook, "httpGet", "path") or any("quitquitquit" in word for word in words):
        message = "preStop must not end a native sidecar, got a call of /quitquitquit"
        yield Problem(("lifecycle", "preStop"), message, "take it out, or only drain")

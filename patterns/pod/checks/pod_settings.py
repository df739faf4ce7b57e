"""Rules for the pod's other settings: containers, DNS, hosts, host namespaces, operating system."""

from __future__ import annotations

from ipaddress import ip_address

from patterns.model.json import object_at, text_at
from patterns.model.names import dns_subdomain, label_key
from patterns.pod.checks.reading import complaint, number, texts
from patterns.pod.checks.rule import VALIDATION, WARNINGS, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.subject import Pod, entries

_SPEC = f"{VALIDATION} ValidatePodSpec"
#: what Windows has no word for
_LINUX_ONLY = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
)
_LINUX_ONLY_IN_CONTAINERS = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)


@pod_rule("containers-missing", Outcome.REFUSED, source=f"{VALIDATION} validateContainers", whole=True)
def containers_missing(pod: Pod) -> Problems:
    """A pod has a container at least; init containers alone make none."""
    if not pod.spec.get("containers"):
        yield Problem(
            ("spec", "containers"), "containers must hold a container at least, got none", "add the application"
        )


@pod_rule("dns-config", Outcome.REFUSED, source=f"{VALIDATION} validatePodDNSConfig")
def dns_config(pod: Pod) -> Problems:
    """With ``dnsPolicy: None`` the pod has to bring its name servers: one to three addresses."""
    config = object_at(pod.spec, "dnsConfig")
    servers = texts(config.get("nameservers"))
    if pod.spec.get("dnsPolicy") == "None" and not servers:
        message = "nameservers must hold an address where dnsPolicy is None, got none"
        yield Problem(("spec", "dnsConfig", "nameservers"), message, "add a name server, or leave dnsPolicy out")
    if len(servers) > 3:
        message = f"nameservers must be at most 3, got {len(servers)}"
        yield Problem(("spec", "dnsConfig", "nameservers"), message, "keep three of them")
    for at, server in enumerate(servers):
        if not _is_address(server):
            message = f"a name server must be an address, got {server!r}"
            yield Problem(("spec", "dnsConfig", "nameservers", at), message, "write its address")
    searches = texts(config.get("searches"))
    if len(searches) > 32:
        message = f"searches must be at most 32, got {len(searches)}"
        yield Problem(("spec", "dnsConfig", "searches"), message, "take some of them out")


@pod_rule("host-alias", Outcome.REFUSED, source=f"{VALIDATION} ValidateHostAliases")
def host_alias(pod: Pod) -> Problems:
    """An entry of ``/etc/hosts`` is an address and its names."""
    for at, alias in entries(pod.spec.get("hostAliases")):
        if not _is_address(text_at(alias, "ip")):
            message = f"ip must be an address, got {text_at(alias, 'ip')!r}"
            yield Problem(("spec", "hostAliases", at, "ip"), message, "write the address")
        for name_at, name in enumerate(texts(alias.get("hostnames"))):
            if said := complaint(dns_subdomain, name, "a host name"):
                yield Problem(("spec", "hostAliases", at, "hostnames", name_at), said, "write the host's name")


@pod_rule("duplicate-host-alias", Outcome.WARNED, source=WARNINGS)
def duplicate_host_alias(pod: Pod) -> Problems:
    """Server-side apply merges the entries of one address."""
    seen: set[str] = set()
    for at, alias in entries(pod.spec.get("hostAliases")):
        address = text_at(alias, "ip")
        if address in seen:
            message = f"an address must be in hostAliases once, got {address} twice"
            yield Problem(("spec", "hostAliases", at, "ip"), message, "put its names into one entry")
        seen.add(address)


@pod_rule("duplicate-pull-secret", Outcome.WARNED, source=WARNINGS)
def duplicate_pull_secret(pod: Pod) -> Problems:
    """A pull secret is named once."""
    seen: set[str] = set()
    for at, secret in entries(pod.spec.get("imagePullSecrets")):
        name = text_at(secret, "name")
        if name and name in seen:
            message = f"a pull secret must be named once, got {name!r} twice"
            yield Problem(("spec", "imagePullSecrets", at, "name"), message, "remove one of them")
        seen.add(name)


@pod_rule("shared-and-host-processes", Outcome.REFUSED, source=f"{VALIDATION} validateShareProcessNamespace")
def shared_and_host_processes(pod: Pod) -> Problems:
    """A pod shares its processes among its containers, or with the node."""
    if pod.spec.get("shareProcessNamespace") is True and pod.spec.get("hostPID") is True:
        message = "shareProcessNamespace must not be true beside hostPID"
        yield Problem(("spec", "shareProcessNamespace"), message, "take one of them out")


@pod_rule("active-deadline", Outcome.REFUSED, source=_SPEC)
def active_deadline(pod: Pod) -> Problems:
    """A deadline is a second at least."""
    seconds = number(pod.spec.get("activeDeadlineSeconds"))
    if seconds is not None and not 1 <= seconds < 2**31:
        message = f"activeDeadlineSeconds must be 1-{2**31 - 1}, got {seconds}"
        yield Problem(("spec", "activeDeadlineSeconds"), message, "give the seconds, or leave it out")


@pod_rule("user-namespace-of-the-host", Outcome.REFUSED, source=f"{VALIDATION} validateHostUsers")
def user_namespace_of_the_host(pod: Pod) -> Problems:
    """Users of its own do not go with the node's processes or messages."""
    if pod.spec.get("hostUsers") is False:
        for field in ("hostPID", "hostIPC"):
            if pod.spec.get(field) is True:
                message = f"{field} must not be true where hostUsers is false"
                yield Problem(("spec", field), message, f"take {field} or hostUsers out")


@pod_rule("not-for-windows", Outcome.REFUSED, source=f"{VALIDATION} validateWindows")
def not_for_windows(pod: Pod) -> Problems:
    """A pod for Windows has no settings of the Linux kernel, and one for Linux none of Windows."""
    if pod.os == "windows":
        for field in _LINUX_ONLY:
            if object_at(pod.spec, "securityContext").get(field) is not None:
                message = f"{field} must not be set in a pod for Windows"
                yield Problem(("spec", "securityContext", field), message, "take it out")
        for field in ("hostPID", "hostIPC", "shareProcessNamespace"):
            if pod.spec.get(field) is True:
                yield Problem(("spec", field), f"{field} must not be set in a pod for Windows", "take it out")
        for container in pod.all_containers:
            for field in _LINUX_ONLY_IN_CONTAINERS:
                if container.security.get(field) is not None:
                    message = f"{field} must not be set in a pod for Windows"
                    path = ("spec", container.list, container.at, "securityContext", field)
                    yield Problem(path, f"{container.where}: {message}", "take it out")
    elif pod.os == "linux" and object_at(pod.spec, "securityContext").get("windowsOptions") is not None:
        message = "windowsOptions must not be set in a pod for Linux"
        yield Problem(("spec", "securityContext", "windowsOptions"), message, "take it out")


@pod_rule("scheduling-gate", Outcome.REFUSED, source=f"{VALIDATION} validateSchedulingGates")
def scheduling_gate(pod: Pod) -> Problems:
    """A gate has a qualified name, and stands once."""
    for field in ("schedulingGates", "readinessGates"):
        seen: set[str] = set()
        key = "name" if field == "schedulingGates" else "conditionType"
        for at, gate in entries(pod.spec.get(field)):
            name = text_at(gate, key)
            if said := complaint(label_key, name, key):
                yield Problem(("spec", field, at, key), said, "write a name such as example.com/ready")
            elif name in seen and field == "schedulingGates":
                yield Problem(("spec", field, at, key), f"a gate must stand once, got {name!r} twice", "remove one")
            seen.add(name)


def _is_address(text: str) -> bool:
    try:
        ip_address(".".join(part.lstrip("0") or "0" for part in text.split(".")) if "." in text else text)
    except ValueError:
        return False
    return "%" not in text

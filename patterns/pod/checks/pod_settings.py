"""Rules for the pod's other settings: containers, DNS, hosts, host namespaces, operating system."""

from __future__ import annotations

import re

from patterns.model.json import object_at, text_at
from patterns.model.names import dns_subdomain, label_key
from patterns.pod.checks.addresses import address_problem, usual_address
from patterns.pod.checks.reading import complaint, number, texts
from patterns.pod.checks.rule import VALIDATION, WARNINGS, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.subject import Pod, Steps, entries

_SPEC = f"{VALIDATION} ValidatePodSpec"
_MOST_SEARCHES, _MOST_LETTERS = 32, 2048
_LONGEST_HOSTNAME = 64
_SEARCH = re.compile(r"[_a-z0-9]([-_a-z0-9]*[a-z0-9])?(\.[_a-z0-9]([-_a-z0-9]*[a-z0-9])?)*")


@pod_rule("containers-missing", Outcome.REFUSED, source=f"{VALIDATION} validateContainers", whole=True)
def containers_missing(pod: Pod) -> Problems:
    """A pod has a container at least; init containers alone make none."""
    if not pod.spec.get("containers"):
        yield Problem(
            ("spec", "containers"), "containers must hold a container at least, got none", "add the application"
        )


@pod_rule("dns-config", Outcome.REFUSED, source=f"{VALIDATION} validatePodDNSConfig", fields=("dnsConfig", "dnsPolicy"))
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
        if said := address_problem(server, pod.target):
            message = f"a name server {said}, got {server!r}"
            yield Problem(("spec", "dnsConfig", "nameservers", at), message, "write its address")
    searches = texts(config.get("searches"))
    if len(searches) > _MOST_SEARCHES or len(" ".join(searches)) > _MOST_LETTERS:
        found = f"{len(searches)} of {len(' '.join(searches))} characters"
        message = f"searches must be at most {_MOST_SEARCHES}, and {_MOST_LETTERS} characters together, got {found}"
        yield Problem(("spec", "dnsConfig", "searches"), message, "take some of them out")
    for at, search in enumerate(searches):
        if not _is_search(search, pod.target):
            message = f"a search domain must be a DNS name in small letters, got {search!r}"
            yield Problem(("spec", "dnsConfig", "searches", at), message, "write the domain, such as example.com")
    for at, option in entries(config.get("options")):
        if not text_at(option, "name"):
            path = ("spec", "dnsConfig", "options", at, "name")
            yield Problem(path, "name must be given in an option, got none", "name the option, such as ndots")


@pod_rule("host-alias", Outcome.REFUSED, source=f"{VALIDATION} ValidateHostAliases", fields=("hostAliases",))
def host_alias(pod: Pod) -> Problems:
    """An entry of ``/etc/hosts`` is an address and its names."""
    for at, alias in entries(pod.spec.get("hostAliases")):
        if said := address_problem(text_at(alias, "ip"), pod.target):
            message = f"ip {said}, got {text_at(alias, 'ip')!r}"
            yield Problem(("spec", "hostAliases", at, "ip"), message, "write the address")
        for name_at, name in enumerate(texts(alias.get("hostnames"))):
            if said := complaint(dns_subdomain, name, "a host name"):
                yield Problem(("spec", "hostAliases", at, "hostnames", name_at), said, "write the host's name")


@pod_rule("address-form", Outcome.WARNED, source=WARNINGS, fields=("dnsConfig", "hostAliases"))
def address_form(pod: Pod) -> Problems:
    """An address that can be written in several ways is compared letter by letter somewhere: write the usual one."""
    if pod.target < 33:
        return
    places: list[tuple[Steps, str]] = [
        (("spec", "dnsConfig", "nameservers", at), server)
        for at, server in enumerate(texts(object_at(pod.spec, "dnsConfig").get("nameservers")))
    ]
    places += [
        (("spec", "hostAliases", at, "ip"), text_at(alias, "ip")) for at, alias in entries(pod.spec.get("hostAliases"))
    ]
    for path, text in places:
        usual = "" if address_problem(text, pod.target) else usual_address(text)
        if usual not in ("", text):
            yield Problem(path, f"an address must be written as {usual}, got {text!r}", f"write {usual}")


@pod_rule(
    "hostname-override", Outcome.REFUSED, source=f"{VALIDATION} validatePodHostName", fields=("hostnameOverride",)
)
def hostname_override(pod: Pod) -> Problems:
    """The name that a pod gives itself is a DNS name of 64 bytes, and goes with no other name."""
    name = pod.spec.get("hostnameOverride")
    # 1.34 forgets it, and does not look at it
    if not isinstance(name, str) or pod.target < 35:
        return
    for field in ("setHostnameAsFQDN", "hostNetwork"):
        if pod.spec.get(field) is True:
            message = f"hostnameOverride must not be set beside {field}"
            yield Problem(("spec", "hostnameOverride"), message, "take one of them out")
    said = complaint(dns_subdomain, name, "hostnameOverride")
    if said or len(name) > _LONGEST_HOSTNAME:
        said = said or f"hostnameOverride must have at most {_LONGEST_HOSTNAME} bytes, got {len(name)}"
        yield Problem(("spec", "hostnameOverride"), said, "write a shorter name in small letters")


@pod_rule("duplicate-host-alias", Outcome.WARNED, source=WARNINGS, fields=("hostAliases",))
def duplicate_host_alias(pod: Pod) -> Problems:
    """Server-side apply merges the entries of one address."""
    seen: set[str] = set()
    for at, alias in entries(pod.spec.get("hostAliases")):
        address = text_at(alias, "ip")
        if address in seen:
            message = f"an address must be in hostAliases once, got {address} twice"
            yield Problem(("spec", "hostAliases", at, "ip"), message, "put its names into one entry")
        seen.add(address)


@pod_rule("duplicate-pull-secret", Outcome.WARNED, source=WARNINGS, fields=("imagePullSecrets",))
def duplicate_pull_secret(pod: Pod) -> Problems:
    """A pull secret is named once."""
    seen: set[str] = set()
    for at, secret in entries(pod.spec.get("imagePullSecrets")):
        name = text_at(secret, "name")
        if name and name in seen:
            message = f"a pull secret must be named once, got {name!r} twice"
            yield Problem(("spec", "imagePullSecrets", at, "name"), message, "remove one of them")
        seen.add(name)


@pod_rule(
    "shared-and-host-processes",
    Outcome.REFUSED,
    source=f"{VALIDATION} validateShareProcessNamespace",
    fields=("shareProcessNamespace",),
)
def shared_and_host_processes(pod: Pod) -> Problems:
    """A pod shares its processes among its containers, or with the node."""
    if pod.spec.get("shareProcessNamespace") is True and pod.spec.get("hostPID") is True:
        message = "shareProcessNamespace must not be true beside hostPID"
        yield Problem(("spec", "shareProcessNamespace"), message, "take one of them out")


@pod_rule("active-deadline", Outcome.REFUSED, source=_SPEC, fields=("activeDeadlineSeconds",))
def active_deadline(pod: Pod) -> Problems:
    """A deadline is a second at least."""
    seconds = number(pod.spec.get("activeDeadlineSeconds"))
    if seconds is not None and not 1 <= seconds < 2**31:
        message = f"activeDeadlineSeconds must be 1-{2**31 - 1}, got {seconds}"
        yield Problem(("spec", "activeDeadlineSeconds"), message, "give the seconds, or leave it out")


@pod_rule(
    "user-namespace-of-the-host", Outcome.REFUSED, source=f"{VALIDATION} validateHostUsers", fields=("hostUsers",)
)
def user_namespace_of_the_host(pod: Pod) -> Problems:
    """Users of its own do not go with the node's processes, messages or network, nor with devices."""
    if pod.spec.get("hostUsers") is not False:
        return
    for container in pod.all_containers if pod.target >= 34 else ():
        if container.json.get("volumeDevices"):
            message = f"{container.where}: volumeDevices must not be set where hostUsers is false"
            path: Steps = ("spec", container.list, container.at, "volumeDevices")
            yield Problem(path, message, "take hostUsers out, or mount a file system")
    if pod.target >= 33:
        for field in ("hostPID", "hostIPC", "hostNetwork"):
            if pod.spec.get(field) is True:
                message = f"{field} must not be true where hostUsers is false"
                yield Problem(("spec", field), message, f"take {field} or hostUsers out")


@pod_rule(
    "scheduling-gate",
    Outcome.REFUSED,
    source=f"{VALIDATION} validateSchedulingGates",
    fields=("schedulingGates", "readinessGates"),
)
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
    node = text_at(pod.spec, "nodeName")
    if node and pod.spec.get("schedulingGates") and pod.object.is_a("Pod"):
        message = f"nodeName must not be set beside schedulingGates, got {node!r}"
        yield Problem(("spec", "nodeName"), message, "take one of them out")


def _is_search(text: str, target: int) -> bool:
    name = text.removesuffix(".")
    if target < 33:
        return not complaint(dns_subdomain, name, "name")
    return text == "." or (len(name) <= 253 and _SEARCH.fullmatch(name) is not None)

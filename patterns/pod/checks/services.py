"""Rules for Services: their type, addresses and traffic. Those for their ports are in `service_ports`."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from re import fullmatch, sub

from patterns.model.json import object_at, text_at
from patterns.model.names import dns_label, dns_subdomain, label_key, label_value, service_name
from patterns.pod.checks.reading import complaint, number, texts
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, object_rule
from patterns.pod.checks.subject import Object

_SERVICE = f"{VALIDATION} validateService"
_WARNINGS = "kubernetes: pkg/api/service/warnings.go GetWarningsForService"
_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_HINTS = "service.kubernetes.io/topology-aware-hints"

#: what makes a rule of a function that looks at one Service
service_rule = partial(object_rule, kinds=("Service",))


def type_of(service: Object) -> str:
    """The Service's type, where it is told."""
    return text_at(service.spec, "type") or "ClusterIP"


def is_headless(service: Object) -> bool:
    """Whether the Service has no address of its own."""
    return service.spec.get("clusterIP") == "None"


@service_rule("service-type", Outcome.REFUSED, source=_SERVICE)
def service_type(service: Object) -> Problems:
    """There are four types of Services, and letters count."""
    if type_of(service) not in _TYPES:
        yield Problem(
            ("spec", "type"),
            f"type must be one of {', '.join(_TYPES)}, got {type_of(service)!r}",
            "choose one of them; a Service without an address of its own has clusterIP: None",
        )


@service_rule("service-name", Outcome.REFUSED, source=f"{VALIDATION} ValidateServiceCreate; KEP-5311")
def service_name_form(service: Object) -> Problems:
    """A Service's name is a name in DNS, without dots. Before 1.36 it has to begin with a letter."""
    if not service.name:
        return
    said = complaint(dns_label if service.target >= 36 else service_name, service.name, "a Service's name")
    if said:
        yield Problem(("metadata", "name"), said, "rename the Service")


@service_rule("service-selector", Outcome.REFUSED, source=_SERVICE)
def service_selector(service: Object) -> Problems:
    """A Service's selector is a map of labels: matchLabels and expressions do not exist here."""
    if "selector" not in service.spec:
        return
    for key, value in object_at(service.spec, "selector").items():
        said = complaint(label_key, key, "a key of the selector")
        if not said and isinstance(value, str):
            said = complaint(label_value, value, f"the selector's {key}")
        if said:
            yield Problem(("spec", "selector", key), said, "write the labels of the pods")


@service_rule("headless-service-type", Outcome.REFUSED, source=_SERVICE)
def headless_type(service: Object) -> Problems:
    """A Service without an address cannot be reached on nodes' ports or through a load balancer."""
    if is_headless(service) and type_of(service) in ("NodePort", "LoadBalancer"):
        yield Problem(
            ("spec", "clusterIP"),
            f"clusterIP must not be None in a Service of type {type_of(service)}",
            "leave clusterIP or type out",
        )


@service_rule("service-external-name", Outcome.REFUSED, source=_SERVICE)
def external_name(service: Object) -> Problems:
    """A Service of type ExternalName is an alias in DNS: it needs the other name, and has no addresses."""
    if type_of(service) != "ExternalName":
        return
    name = text_at(service.spec, "externalName")
    if not name.removesuffix("."):
        path = ("spec", "externalName")
        yield Problem(path, "externalName must be given in a Service of type ExternalName", "name the other host")
    elif said := complaint(dns_subdomain, name.removesuffix("."), "externalName"):
        yield Problem(("spec", "externalName"), said, "name the host alone, without scheme, port and path")
    for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if service.spec.get(field):
            yield Problem(("spec", field), f"{field} must not be set in a Service of type ExternalName", "take it out")


@service_rule(
    "external-name-address",
    Outcome.BROKEN,
    source="https://kubernetes.io/docs/concepts/services-networking/service/#externalname",
)
def external_name_address(service: Object) -> Problems:
    """DNS cannot give an address as the alias of a name: a name of digits is not resolved."""
    if type_of(service) == "ExternalName":
        name = text_at(service.spec, "externalName")
        if isinstance(_address(name), IPv4Address):
            yield Problem(
                ("spec", "externalName"),
                f"externalName must be a host name, got the address {name!r}",
                "make a Service without a selector, and an EndpointSlice with the address",
            )


@service_rule("service-session-affinity", Outcome.REFUSED, source=_SERVICE)
def session_affinity(service: Object) -> Problems:
    """A Service keeps its clients by their address or not at all, for a day at most."""
    affinity = service.spec.get("sessionAffinity")
    if not isinstance(affinity, str) or affinity in ("", "None"):
        return
    if affinity != "ClientIP":
        message = f"sessionAffinity must be ClientIP or None, got {affinity!r}"
        yield Problem(("spec", "sessionAffinity"), message, "choose one of them")
        return
    seconds = number(object_at(service.spec, "sessionAffinityConfig", "clientIP").get("timeoutSeconds"))
    if seconds is not None and not 1 <= seconds <= 86400:
        yield Problem(
            ("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"),
            f"timeoutSeconds must be 1-86400, got {seconds}",
            "give a time of at most a day",
        )


@service_rule("service-ip-families", Outcome.REFUSED, source=f"{VALIDATION} ValidateServiceClusterIPsRelatedFields")
def ip_families(service: Object) -> Problems:
    """A Service has one address of each family at most: IPv4, IPv6 or both."""
    if type_of(service) == "ExternalName":
        return
    policy = text_at(service.spec, "ipFamilyPolicy")
    if policy and policy not in ("SingleStack", "PreferDualStack", "RequireDualStack"):
        message = f"ipFamilyPolicy must be SingleStack, PreferDualStack or RequireDualStack, got {policy!r}"
        yield Problem(("spec", "ipFamilyPolicy"), message, "choose one of them")
    seen: set[str] = set()
    for at, family in enumerate(texts(service.spec.get("ipFamilies"))):
        if family not in ("IPv4", "IPv6"):
            message = f"ipFamilies must hold IPv4 and IPv6, got {family!r}"
            yield Problem(("spec", "ipFamilies", at), message, "write IPv4 or IPv6")
        elif family in seen:
            yield Problem(("spec", "ipFamilies", at), f"ipFamilies must not hold {family} twice", "take it out")
        seen.add(family)


@service_rule("service-cluster-ips", Outcome.REFUSED, source=f"{VALIDATION} ValidateServiceClusterIPsRelatedFields")
def cluster_ips(service: Object) -> Problems:
    """``clusterIP`` is an address or ``None``; ``clusterIPs`` begins with it, and holds one of each family at most."""
    if type_of(service) == "ExternalName":
        return
    first, all_of_them = text_at(service.spec, "clusterIP"), texts(service.spec.get("clusterIPs"))
    if all_of_them and first != all_of_them[0]:
        message = f"clusterIPs must begin with clusterIP ({first or 'which is not set'}), got {all_of_them[0]!r}"
        yield Problem(("spec", "clusterIPs"), message, "give both, or clusterIP alone")
        return
    given = all_of_them or [first] if first else []
    for at, address in enumerate(given):
        path: tuple[str | int, ...] = ("spec", "clusterIPs", at) if all_of_them else ("spec", "clusterIP")
        if address == "None" and at == 0 and len(given) == 1:
            continue
        if _address(address) is None:
            yield Problem(path, f"a cluster IP must be an address, or None alone, got {address!r}", "write an address")
            return
    families = [isinstance(_address(address), IPv6Address) for address in given]
    if len(families) > len(set(families)):
        yield Problem(
            ("spec", "clusterIPs"),
            f"clusterIPs must hold one address of each family at most, got {', '.join(given)}",
            "take one of them out",
        )


@service_rule("service-external-ips", Outcome.REFUSED, source=f"{VALIDATION} ValidateEndpointIP")
def external_ips(service: Object) -> Problems:
    """External IPs are addresses that lead to a node: no host names, no networks, nothing local."""
    if "externalIPs" not in service.spec:
        return
    for at, text in enumerate(texts(service.spec.get("externalIPs"))):
        address = _address(text)
        if address is None:
            yield Problem(("spec", "externalIPs", at), f"an external IP must be an address, got {text!r}", "write one")
        elif address.is_unspecified or address.is_loopback or address.is_link_local:
            message = f"an external IP must be reachable from elsewhere, got {text!r}"
            yield Problem(("spec", "externalIPs", at), message, "write an address that others reach")


@service_rule("service-load-balancer", Outcome.REFUSED, source=_SERVICE)
def load_balancer(service: Object) -> Problems:
    """Settings of a load balancer belong to a Service of type LoadBalancer; its sources are networks."""
    is_balanced = type_of(service) == "LoadBalancer"
    for field in ("loadBalancerClass", "allocateLoadBalancerNodePorts", "loadBalancerSourceRanges"):
        if not is_balanced and service.spec.get(field) not in (None, []):
            message = f"{field} must only be set in a Service of type LoadBalancer, got type {type_of(service)}"
            yield Problem(("spec", field), message, "take it out, or make the type LoadBalancer")
    if not is_balanced:
        return
    balancer = service.spec.get("loadBalancerClass")
    if isinstance(balancer, str) and (said := complaint(label_key, balancer, "loadBalancerClass")):
        yield Problem(("spec", "loadBalancerClass"), said, "write a name such as example.com/internal")
    for at, network in enumerate(texts(service.spec.get("loadBalancerSourceRanges"))):
        if not _is_network(network.strip()):
            message = f"loadBalancerSourceRanges must hold networks such as 10.0.0.0/8, got {network!r}"
            yield Problem(("spec", "loadBalancerSourceRanges", at), message, "write the network with its prefix")


@service_rule("service-traffic-policy", Outcome.REFUSED, source=f"{VALIDATION} validateServiceExternalTrafficPolicy")
def traffic_policy(service: Object) -> Problems:
    """Which nodes take traffic can be said of traffic that comes from outside, in two words; letters count."""
    external, outside = text_at(service.spec, "externalTrafficPolicy"), _is_reached_from_outside(service)
    if external and not outside:
        message = f"externalTrafficPolicy must not be set in a Service of type {type_of(service)}"
        yield Problem(("spec", "externalTrafficPolicy"), message, "take it out")
    for field in ("externalTrafficPolicy", "internalTrafficPolicy"):
        policy = text_at(service.spec, field)
        if policy and policy not in ("Cluster", "Local") and (outside or field[0] == "i"):
            yield Problem(("spec", field), f"{field} must be Cluster or Local, got {policy!r}", "choose one of them")
    health = number(service.spec.get("healthCheckNodePort"))
    if health and not (type_of(service) == "LoadBalancer" and external == "Local"):
        message = "healthCheckNodePort must only be set with type LoadBalancer and externalTrafficPolicy Local"
        yield Problem(("spec", "healthCheckNodePort"), message, "take it out")


@service_rule(
    "service-traffic-distribution", Outcome.REFUSED, source=f"{VALIDATION} validateServiceTrafficDistribution"
)
def traffic_distribution(service: Object) -> Problems:
    """Traffic can be kept near in a few ways; before 1.34 in one."""
    near = service.spec.get("trafficDistribution")
    if not isinstance(near, str) or service.target < 31:
        # servers before 1.31 drop the field
        return
    known = ("PreferClose", "PreferSameZone", "PreferSameNode") if service.target >= 34 else ("PreferClose",)
    if near not in known:
        message = f"trafficDistribution must be one of {', '.join(known)}, got {near!r}"
        yield Problem(("spec", "trafficDistribution"), message, "choose one of them, or leave it out")


@service_rule("service-ignored-field", Outcome.WARNED, source=_WARNINGS)
def ignored_field(service: Object) -> Problems:
    """Some settings mean nothing to a Service without an address, or of another type; the server says so."""
    spec, kind = service.spec, type_of(service)
    ignored: list[str] = []
    if is_headless(service) and kind == "ClusterIP" and service.target >= 34:
        ignored += [field for field in ("loadBalancerIP", "externalIPs") if spec.get(field)]
        ignored += ["sessionAffinity"] if spec.get("sessionAffinity") == "ClientIP" else []
    if kind == "ExternalName" and spec.get("externalIPs"):
        ignored.append("externalIPs")
    for field in ignored:
        of = "of type ExternalName" if kind == "ExternalName" else "without an address (clusterIP: None)"
        yield Problem(("spec", field), f"{field} must not be set in a Service {of}, which ignores it", "take it out")
    if kind != "ExternalName" and text_at(spec, "externalName"):
        message = f"externalName must only be set with type ExternalName, got type {kind}, which ignores it"
        yield Problem(("spec", "externalName"), message, "take it out, or make the type ExternalName")


@service_rule("service-deprecated-setting", Outcome.WARNED, source=_WARNINGS)
def deprecated_setting(service: Object) -> Problems:
    """Some settings of Services got other names, or are on their way out; the server says so."""
    if _HINTS in object_at(service.metadata, "annotations"):
        fix = "write service.kubernetes.io/topology-mode, or spec.trafficDistribution"
        yield Problem(("metadata", "annotations", _HINTS), f"{_HINTS} must not be used any more, it is deprecated", fix)
    if service.target >= 35 and service.spec.get("trafficDistribution") == "PreferClose":
        message = "trafficDistribution must be PreferSameZone, got 'PreferClose', which is deprecated"
        yield Problem(("spec", "trafficDistribution"), message, "write PreferSameZone, which means the same")
    headless = is_headless(service) or type_of(service) == "ExternalName"
    if service.target >= 36 and service.spec.get("externalIPs") and not headless:
        message = "externalIPs must not be used any more, they are deprecated and some clusters ignore them"
        yield Problem(("spec", "externalIPs"), message, "use a Service of type LoadBalancer, or a Gateway")


def _is_reached_from_outside(service: Object) -> bool:
    kind = type_of(service)
    return kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(service.spec.get("externalIPs")))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address; zeros before the digits of an IPv4 address are taken, as the server takes them."""
    try:
        return None if "%" in text else ip_address(_without_zeros(text))
    except ValueError:
        return None


def _is_network(text: str) -> bool:
    try:
        return "/" in text and bool(ip_network(_without_zeros(text), strict=False))
    except ValueError:
        return False


def _without_zeros(text: str) -> str:
    return sub(r"(?<![0-9])0+(?=[0-9])", "", text) if fullmatch(r"[0-9./]+", text) else text

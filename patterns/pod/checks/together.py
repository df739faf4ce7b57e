"""Rules for objects that are applied together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from patterns.model.json import JsonObject, object_at, text_at
from patterns.pod.checks.reading import is_empty, labels_of, matches, number
from patterns.pod.checks.rule import Outcome, Problem, Problems, objects_rule
from patterns.pod.checks.subject import Object, Objects, Pod, Steps, entries
from patterns.pod.target_ports import front_of, ports_in

_APPLY = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
_OWNERS = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector"
_SERVICE = "https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports"
_KEYS = "https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods"
_OWNING = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"})


@objects_rule("name-taken-twice", Outcome.BROKEN, source=_APPLY)
def name_taken_twice(objects: Objects) -> Problems:
    """Of two objects of one kind, namespace and name the one that is applied last is there, and the other is not."""
    seen: dict[tuple[str, str, str, str], Object] = {}
    for obj in objects.all:
        key = (obj.group, obj.kind, obj.namespace, obj.name)
        if not obj.name or not obj.kind:
            continue
        if seen.setdefault(key, obj) is not obj:
            where = f" in namespace {obj.namespace!r}" if obj.namespace else ""
            message = f"a {obj.kind} must have a name of its own, got {obj.name!r}{where}, which another one has too"
            yield Problem(("metadata", "name"), message, "rename one of them, or remove it", obj)


@objects_rule("pods-of-two-owners", Outcome.OPINION, source=_OWNERS)
def pods_of_two_owners(objects: Objects) -> Problems:
    """Workloads that select each other's pods leave each other's alone, and everything that goes by labels does not.

    A Service, a PodDisruptionBudget or an autoscaler takes the pods of both for its own.
    """
    by_namespace: dict[str, list[Object]] = defaultdict(list)
    for obj in objects.all:
        if obj.group == "apps" and obj.kind in _OWNING and not is_empty(object_at(obj.spec, "selector")):
            by_namespace[obj.namespace].append(obj)
    for workloads in by_namespace.values():
        by_selector: dict[str, list[Object]] = defaultdict(list)
        for obj in workloads:
            by_selector[repr(sorted(_labels(obj).items()))].append(obj)
        # different labels can meet as well, but are compared only where some are equal: it is linear so
        for same in by_selector.values():
            for at, obj in enumerate(same):
                for other in same[:at]:
                    both = (other.kind, other.name) != (obj.kind, obj.name)
                    if both and _selects(obj, other) and _selects(other, obj):
                        message = (
                            f"selector must select the pods of this {obj.kind} alone, and selects those of "
                            f"{other.kind} {other.name!r} too, which selects these"
                        )
                        fix = "give each a label of its own, in the selector and in the template"
                        yield Problem(("spec", "selector"), message, fix, obj)
                        break


def _labels(obj: Object) -> dict[str, str]:
    return labels_of(object_at(obj.spec, "template", "metadata").get("labels"))


def _selects(obj: Object, other: Object) -> bool:
    return matches(object_at(obj.spec, "selector"), _labels(other))


@objects_rule("service-port-unknown", Outcome.BROKEN, source=_SERVICE)
def service_port_unknown(objects: Objects) -> Problems:
    """A Service that names a port leads to the pods that have it; where no selected pod has it, to nobody."""
    pods = Pods(objects)
    for service in objects.of_kind("Service"):
        if not pods.selected_by(service):
            continue
        names = pods.ports_of(service).names
        for at, port in entries(service.spec.get("ports")):
            target = port.get("targetPort")
            if isinstance(target, str) and target and not target.isdecimal() and target not in names:
                known = ", ".join(sorted(names)) or "none"
                message = f"targetPort must be a port that the selected pods name, got {target!r}; they have {known}"
                fix = f"name a container's port {target!r}, or write its number"
                yield Problem(("spec", "ports", at, "targetPort"), message, fix, service)


@objects_rule("service-port-undeclared", Outcome.OPINION, source=_SERVICE)
def service_port_undeclared(objects: Objects) -> Problems:
    """A port number that no container declares may be a slip of the pen; declaring it costs nothing."""
    pods = Pods(objects)
    for service in objects.of_kind("Service"):
        selected = pods.selected_by(service)
        numbers = pods.ports_of(service).numbers
        for at, port in entries(service.spec.get("ports")) if selected else ():
            target = number(port.get("targetPort", port.get("port")))
            if target and target not in numbers:
                message = f"targetPort must be a port that the selected pods declare, got {target}"
                path: Steps = ("spec", "ports", at, "targetPort" if "targetPort" in port else "port")
                yield Problem(path, message, "declare it under ports of the container", service)


@objects_rule("service-past-proxy", Outcome.OPINION, source=_SERVICE)
def service_past_proxy(objects: Objects) -> Problems:
    """A Service of a port that a proxy stands in front of leads past its login, its limits and its TLS.

    The pod's annotation
    ``target-port.cdk8s-pod-patterns/8080: "10000"`` says that clients of 8080 are to come to 10000.
    """
    pods = Pods(objects)
    for service in objects.of_kind("Service"):
        selected = pods.selected_by(service)
        in_front = {
            behind: before
            for pod in selected
            for behind, before in ports_in(object_at(pod.metadata, "annotations")).items()
        }
        for at, port in entries(service.spec.get("ports")) if in_front else ():
            target = port.get("targetPort", port.get("port"))
            wanted = pods.ports_of(service).by_name.get(target) if isinstance(target, str) else number(target)
            if wanted is not None and wanted in in_front and (text_at(port, "protocol") or "TCP") == "TCP":
                named = f" ({target})" if isinstance(target, str) else ""
                front = front_of(wanted, in_front)
                message = (
                    f"targetPort must not be {wanted}{named}, behind a proxy, whose port {front} stands in front of it"
                )
                path: Steps = ("spec", "ports", at, "targetPort" if "targetPort" in port else "port")
                yield Problem(path, message, f"write targetPort: {front}", service)


@objects_rule("service-of-nobody", Outcome.OPINION, source=_SERVICE)
def service_of_nobody(objects: Objects) -> Problems:
    """A Service whose selector matches no pod of its namespace has no endpoints."""
    pods = Pods(objects)
    for service in objects.of_kind("Service"):
        selector = labels_of(service.spec.get("selector"))
        if selector and service.namespace in pods.namespaces and not pods.selected_by(service):
            shown = ", ".join(f"{key}={value}" for key, value in selector.items())
            message = f"selector must match a pod, got {shown}, which matches none of the pods in these files"
            yield Problem(("spec", "selector"), message, "select the labels of the pod template", service)


class Ports(NamedTuple):
    """The ports of several pods."""

    names: frozenset[str]
    numbers: frozenset[int | None]
    by_name: Mapping[str, int]


class Pods:
    """The pods of all objects, found by a label in a time that does not grow with their number."""

    def __init__(self, objects: Objects) -> None:
        self.namespaces: set[str] = set()
        self._selected: dict[tuple[object, ...], list[Pod]] = {}
        self._ports: dict[int, Ports] = {}
        self._by_label: dict[tuple[str, str, str], list[tuple[Pod, dict[str, str]]]] = defaultdict(list)
        for obj in objects.all:
            for pod in obj.pods:
                labels = labels_of(pod.metadata.get("labels"))
                self.namespaces.add(obj.namespace)
                for key, value in labels.items():
                    self._by_label[obj.namespace, key, value].append((pod, labels))

    def selected_by(self, service: Object) -> list[Pod]:
        """The pods that the Service selects."""
        selector = labels_of(service.spec.get("selector"))
        if not selector:
            return []
        known = (service.namespace, *sorted(selector.items()))
        if known not in self._selected:
            self._selected[known] = self._select(service, selector)
        return self._selected[known]

    def ports_of(self, service: Object) -> Ports:
        """The ports of the pods that the Service selects; services of one selector ask once."""
        pods = self.selected_by(service)
        if id(pods) not in self._ports:
            listed = [port for pod in pods for c in pod.running for _, port in c.entries("ports")]
            names = frozenset(text_at(port, "name") for port in listed) - {""}
            numbers = [number(port.get("containerPort")) for port in listed]
            named = zip(listed, numbers, strict=True)
            by_name = {text_at(port, "name"): value for port, value in named if value is not None}
            self._ports[id(pods)] = Ports(names, frozenset(numbers), by_name)
        return self._ports[id(pods)]

    def _select(self, service: Object, selector: dict[str, str]) -> list[Pod]:
        found = [self._by_label.get((service.namespace, key, value), []) for key, value in selector.items()]
        return [pod for pod, labels in min(found, key=len) if selector.items() <= labels.items()]


@objects_rule("key-missing", Outcome.BROKEN, source=_KEYS)
def key_missing(objects: Objects) -> Problems:
    """A key that a ConfigMap or Secret does not have keeps the pod from starting, unless it is optional."""
    known: dict[tuple[str, str, str], set[str]] = {}
    for obj in objects.all:
        if obj.group == "" and obj.kind in ("ConfigMap", "Secret"):
            keys = {key for field in ("data", "binaryData", "stringData") for key in object_at(obj.json, field)}
            known[obj.kind, obj.namespace, obj.name] = keys
    if not known:
        return
    for obj in objects.all:
        for pod in obj.pods:
            for path, kind, name, key in _references(pod):
                there = known.get((kind, obj.namespace, name))
                if there is not None and key not in there:
                    shown = ", ".join(sorted(there)) or "none"
                    message = f"key must be one of {kind} {name!r}, got {key!r}; it has {shown}"
                    yield Problem((*pod.path, *path), message, "add the key, or mend the name", obj)


def _references(pod: Pod) -> Iterator[tuple[Steps, str, str, str]]:
    """Every key that must be there: where it is named, of which kind and name."""
    for container in pod.all_containers:
        for at, variable in container.entries("env"):
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                one = object_at(variable, "valueFrom", field)
                if text_at(one, "key") and one.get("optional") is not True:
                    path: Steps = ("spec", container.list, container.at, "env", at, "valueFrom", field, "key")
                    yield path, kind, text_at(one, "name"), text_at(one, "key")
    for at, volume in pod.volumes:
        for field, kind, name in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
            if field in volume:
                yield from _items(object_at(volume, field), ("spec", "volumes", at, field), kind, name)
        for source_at, source in entries(object_at(volume, "projected").get("sources")):
            for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
                path = ("spec", "volumes", at, "projected", "sources", source_at, field)
                yield from _items(object_at(source, field), path, kind, "name")


def _items(holder: JsonObject, path: Steps, kind: str, name: str) -> Iterator[tuple[Steps, str, str, str]]:
    if holder.get("optional") is not True:
        for at, item in entries(holder.get("items")):
            if text_at(item, "key"):
                yield (*path, "items", at, "key"), kind, text_at(holder, name), text_at(item, "key")

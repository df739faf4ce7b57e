"""Where the pod templates of an object are, and how to replace one without touching the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patterns.errors import NotFound
from patterns.model.json import Json, JsonObject, object_at, objects_at, text_at

#: the pod template of the kinds that Kubernetes itself runs, as a JSON Pointer; "" where the object is the pod
_BUILT_IN = {
    "Pod": "",
    "PodTemplate": "/template",
    "ReplicationController": "/spec/template",
    "Deployment": "/spec/template",
    "ReplicaSet": "/spec/template",
    "StatefulSet": "/spec/template",
    "DaemonSet": "/spec/template",
    "Job": "/spec/template",
    "CronJob": "/spec/jobTemplate/spec/template",
}
#: a kind of the same name in another group, such as Volcano's Job, is looked through like any other object
_BUILT_IN_GROUPS = frozenset({"", "apps", "extensions", "batch"})
#: kinds without `template` whose own `spec` is a pod spec; elsewhere a `containers` beside other settings is a list of
#: additions or overrides (Prometheus, SidecarSet)
_LIKE_PODS = frozenset({("serving.knative.dev", "Revision")})
#: objects that speak of pods and hold none: what a policy wants or changes, schemas, and states of former versions
_NO_PODS = re.compile(
    r"(.*\.)?(kyverno\.io|gatekeeper\.sh|apiextensions\.k8s\.io|admissionregistration\.k8s\.io|kustomize\.config\.k8s\.io)"
    r"(/.*)?|apps/.*/ControllerRevision"
)
_NO_PODS_BELOW = frozenset({"metadata", "status", "openAPIV3Schema"})
#: pods that have to end by themselves, wherever they are
_OF_JOBS = re.compile(r"/(jobTemplate|jobTargetRef|job)/")


def pod_paths(obj: JsonObject) -> list[str]:
    """JSON Pointers (RFC 6901) to every pod template in the object, in the order of the object.

    A pod template is an object whose ``spec`` has ``containers``. Built-in kinds have theirs where Kubernetes has it;
    other kinds are looked through, down into objects that they embed. A ``List`` has those of its items. The pointer
    of a Pod is ``""``.
    """
    if is_list(obj):
        found = []
        for at, item in enumerate(_list_at(obj, "items")):
            if isinstance(item, dict):
                found += [f"/items/{at}{path}" for path in pod_paths({**_item_type(obj), **item})]
        return found
    built_in = built_in_path(text_at(obj, "apiVersion"), text_at(obj, "kind"))
    if built_in is not None:
        return [built_in] if is_pod_template(value_at(obj, built_in)) else []
    group, kind = text_at(obj, "apiVersion").rpartition("/")[0], text_at(obj, "kind")
    if _NO_PODS.fullmatch(f"{text_at(obj, 'apiVersion')}/{kind}") or _NO_PODS.fullmatch(group):
        return []
    if (group, kind) in _LIKE_PODS and is_pod_template(obj):
        return [""]
    return list(_below(obj, ""))


def built_in_path(api_version: str, kind: str) -> str | None:
    """Where a kind of Kubernetes itself has its pod template; None for every other kind."""
    group = api_version.rpartition("/")[0]
    return _BUILT_IN.get(kind) if group in _BUILT_IN_GROUPS else None


def is_list(obj: JsonObject) -> bool:
    """Whether the object is a list of objects, such as ``kind: List`` or ``kind: DeploymentList``."""
    return text_at(obj, "kind").endswith("List") and isinstance(obj.get("items"), list)


def items_of(obj: JsonObject) -> list[Json]:
    """The objects of a list, each with its type: the items of a ``DeploymentList`` may leave theirs out."""
    return [{**_item_type(obj), **item} if isinstance(item, dict) else item for item in _list_at(obj, "items")]


def _item_type(obj: JsonObject) -> JsonObject:
    kind = text_at(obj, "kind").removesuffix("List")
    return {"apiVersion": text_at(obj, "apiVersion"), "kind": kind} if kind else {}


def is_pod_template(value: Json) -> bool:
    """Whether the value is an object whose ``spec`` has containers."""
    spec = object_at(value, "spec")
    # Kyverno's anchors, such as (name) and =(ports), stand in a pattern for pods wherever it is embedded
    return bool(objects_at(spec, "containers")) and not any("(" in key for key in spec)


def _below(value: Json, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from _below_or_itself(item, f"{path}/{at}")
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict | list) and key not in _NO_PODS_BELOW:
                yield from _below_or_itself(item, f"{path}/{escaped(key)}")


def _below_or_itself(value: Json, path: str) -> Iterator[str]:
    if is_pod_template(value):
        yield path
    elif isinstance(value, dict) and "kind" in value and "apiVersion" in value:
        # an embedded object, as in an AppWrapper or a List
        yield from (f"{path}{inner}" for inner in pod_paths(value))
    else:
        yield from _below(value, path)


def ends_by_itself(obj: JsonObject, path: str) -> bool:
    """Whether the pod at ``path`` has to run to completion, as those of a Job do."""
    policy = text_at(value_at(obj, path), "spec", "restartPolicy")
    if policy:
        return policy != "Always"
    above = _steps(path)
    while above:
        above.pop()
        kind = text_at(_walk(obj, above), "kind")
        if kind:
            # the pods of a RayJob belong to its cluster, which is taken down when the job has ended
            return (kind.endswith("Job") and kind != "RayJob") or bool(_OF_JOBS.search(path))
    return bool(_OF_JOBS.search(path))


def namespace_of(obj: JsonObject, path: str) -> str | None:
    """``metadata.namespace`` of the object that holds the pod: of the item, in a ``List``."""
    steps = _steps(path)
    holder = _walk(obj, steps[:2]) if is_list(obj) else obj
    return text_at(holder, "metadata", "namespace") or None


# --- one template, read and replaced ----------------------------------------------------------------------------------


def template_at(obj: JsonObject, path: str) -> JsonObject:
    """The pod template at a JSON Pointer; for a Pod only ``metadata`` and ``spec`` of it matter.

    Raises:
        NotFound: when there is none; the message lists those that are there.
    """
    found = value_at(obj, path)
    if isinstance(found, dict) and isinstance(found.get("spec"), dict):
        return found
    known = ", ".join(repr(p) for p in pod_paths(obj)) or "none"
    raise NotFound(f"there is no pod template at {path!r}; the object has {known}")


def replaced(obj: JsonObject, path: str, template: JsonObject) -> JsonObject:
    """The object with another pod template; everything that is not above it is shared with the original."""
    changed = _replaced(obj, _steps(path), template)
    return changed if isinstance(changed, dict) else obj


def _replaced(value: Json, steps: list[str], template: JsonObject) -> Json:
    if not steps:
        return template
    first, *rest = steps
    if isinstance(value, list):
        at = int(first)
        return [*value[:at], _replaced(value[at], rest, template), *value[at + 1 :]]
    if isinstance(value, dict):
        return {key: _replaced(item, rest, template) if key == first else item for key, item in value.items()}
    return value


def value_at(obj: Json, path: str) -> Json:
    """What stands at a JSON Pointer; None where there is nothing."""
    return _walk(obj, _steps(path))


def _walk(value: Json, steps: list[str]) -> Json:
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def escaped(key: str) -> str:
    """The key as a step of a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def _list_at(obj: JsonObject, key: str) -> list[Json]:
    found = obj.get(key)
    return found if isinstance(found, list) else []


# --- containers without a name ----------------------------------------------------------------------------------------

#: what Knative calls a container that has no name:
#: https://github.com/knative/serving/blob/main/pkg/apis/serving/v1/revision_defaults.go
_NAMELESS = "user-container"


def with_names(template: JsonObject) -> tuple[JsonObject, frozenset[str]]:
    """The template with a name for every container that has none, so that it can be spoken of, and those names."""
    spec = object_at(template, "spec")
    listed = objects_at(spec, "containers")
    taken = {text_at(c, "name") for key in ("containers", "initContainers") for c in objects_at(spec, key)}
    nameless = [c for c in listed if not text_at(c, "name")]
    if not nameless:
        return template, frozenset()
    if len(listed) == 1 and _NAMELESS not in taken:
        free = iter([_NAMELESS])
    else:
        free = (name for at in range(len(listed) + len(taken)) if (name := f"{_NAMELESS}-{at}") not in taken)
    given: set[str] = set()
    containers: list[Json] = []
    for container in _list_at(spec, "containers"):
        if isinstance(container, dict) and not text_at(container, "name"):
            name = next(free)
            given.add(name)
            containers.append({**container, "name": name})
        else:
            containers.append(container)
    return {**template, "spec": {**spec, "containers": containers}}, frozenset(given)


def without_names(template: JsonObject, names: frozenset[str], original: JsonObject) -> JsonObject:
    """The template with those names taken away again, and ``name: ""`` or ``name: null`` where it was so."""
    if not names:
        return template
    before = iter([c for c in objects_at(original, "spec", "containers") if not text_at(c, "name")])
    spec = object_at(template, "spec")
    containers: list[Json] = []
    for container in _list_at(spec, "containers"):
        if isinstance(container, dict) and text_at(container, "name") in names:
            was = next(before)
            restored = {**container, "name": was.get("name")}
            containers.append(restored if "name" in was else {k: v for k, v in container.items() if k != "name"})
        else:
            containers.append(container)
    return {**template, "spec": {**spec, "containers": containers}}

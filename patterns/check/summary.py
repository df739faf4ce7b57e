"""What rules of all objects need of each one, so that a long stream is judged in little memory."""

from __future__ import annotations

from patterns.model.json import Json, JsonObject, object_at
from patterns.pod.checks import Object
from patterns.pod.checks.subject import steps_of

#: kinds whose values nobody compares; their keys are looked up
_MAPS = ("data", "binaryData", "stringData")
_OF_CONTAINERS = ("name", "ports", "env", "envFrom", "restartPolicy", "image")
_OF_PODS = ("containers", "initContainers", "volumes")
#: kinds that are looked at together as they are
_WHOLE = frozenset({"Service", "Ingress", "Namespace", "PodDisruptionBudget", "NetworkPolicy"})


def summary_of(obj: Object) -> JsonObject:
    """The object without what is only of interest in itself."""
    json = obj.json
    metadata: JsonObject = {key: obj.metadata[key] for key in ("name", "namespace", "labels") if key in obj.metadata}
    kept: JsonObject = {"apiVersion": obj.api_version, "kind": obj.kind, "metadata": metadata}
    if obj.kind in _WHOLE:
        kept["spec"] = json.get("spec")
    elif obj.kind in ("ConfigMap", "Secret"):
        kept.update({key: dict.fromkeys(object_at(json, key), "") for key in _MAPS if key in json})
    elif obj.pods:
        kept["spec"] = _with_pods(obj)
    return kept


def _with_pods(obj: Object) -> Json:
    shallow: JsonObject = {"spec": {k: v for k, v in obj.spec.items() if k not in ("template", "jobTemplate")}}
    for pod in obj.pods:
        holder: Json = shallow
        steps = steps_of(pod.pointer)
        template: JsonObject = {"metadata": pod.metadata, "spec": _pod_spec(pod.spec)}
        if not steps:
            return template["spec"]
        if not all(isinstance(step, str) for step in steps):
            # a list of pods, which belongs to somebody's controller
            continue
        for step in steps[:-1]:
            if isinstance(holder, dict):
                holder = holder.setdefault(str(step), {})
        if isinstance(holder, dict):
            holder[str(steps[-1])] = template
    return shallow["spec"]


def _pod_spec(spec: JsonObject) -> JsonObject:
    kept: JsonObject = {}
    for key in _OF_PODS:
        found = spec.get(key)
        if key == "volumes":
            kept[key] = found
        elif isinstance(found, list):
            kept[key] = [
                {name: item[name] for name in _OF_CONTAINERS if name in item}
                for item in found
                if isinstance(item, dict)
            ]
    return kept

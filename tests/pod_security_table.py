"""The pods of ``data/pod_security.yaml``, each as every kind of container may have what is written there."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from patterns.model.json import Json, JsonObject, object_at, objects_at, text_at
from patterns.yaml.reader import read_yaml

_TABLE = cast("JsonObject", next(iter(read_yaml((Path(__file__).parent / "data/pod_security.yaml").read_bytes()))))
KINDS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(frozen=True)
class Row:
    """A pod, and what forbids it.

    Args:
        name: in words.
        pod: the pod.
        forbidden: by level, the checks with the first and the last version in which they forbid it.
        judged: whether an API server can be asked.
    """

    name: str
    pod: JsonObject
    forbidden: dict[str, dict[str, tuple[int, int]]]
    judged: bool

    def checks(self, level: str, minor: int) -> set[str]:
        """The checks that forbid the pod."""
        return {check for check, (first, last) in self.forbidden[level].items() if first <= minor <= last}


def rows() -> Iterator[Row]:
    """Every row, and once more for init containers and ephemeral containers where it is about a container."""
    for change in objects_at(_TABLE, "pods"):
        forbidden = {
            level: {
                check: _versions(versions)
                for check, versions in (object_at(change, "both") | object_at(change, level)).items()
            }
            for level in ("baseline", "restricted")
        }
        for kind in KINDS if "container" in change else KINDS[:1]:
            judged = "not-judged" not in change and kind != "ephemeralContainers"
            yield Row(f"{text_at(change, 'name')} ({kind})", _pod(change, kind), forbidden, judged)


def _pod(change: JsonObject, kind: str) -> JsonObject:
    pod = deepcopy(object_at(_TABLE, "base"))
    spec = pod["spec"] = _merged(pod["spec"], change.get("spec", {}))
    assert isinstance(spec, dict)
    app = objects_at(spec, "containers")[0]
    changed = _merged(app, change.get("container", {}))
    spec["containers"] = [changed]
    if kind != "containers":
        assert isinstance(changed, dict)
        more: JsonObject = {"restartPolicy": "Always"} if kind == "initContainers" else {}
        spec["containers"] = [app]
        spec[kind] = [{**changed, "name": "other", **more}]
    for key in KINDS:
        if key in spec:
            every: list[Json] = [_merged(one, change.get("every-container", {})) for one in objects_at(spec, key)]
            spec[key] = every
    object_at(pod, "metadata")["annotations"] = change.get("annotations", {})
    return pod


def _merged(value: Json, change: Json) -> Json:
    if not (isinstance(value, dict) and isinstance(change, dict)):
        return change
    found = dict(value)
    for key, new in change.items():
        if new is None:
            found.pop(key, None)
        else:
            found[key] = _merged(found.get(key), new)
    return found


def _versions(text: Json) -> tuple[int, int]:
    first, _, last = str(text).partition("-")
    return int(first), int(last)

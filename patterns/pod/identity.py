"""As whom the containers of a pod run, as far as the pod spec tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from patterns.model import Json, JsonObject
from patterns.model.json import object_at, objects_at, text_at


class Identity(NamedTuple):
    """User, group and the pod's shared group; ``None`` where the pod spec leaves it to the image."""

    run_as_user: int | None = None
    run_as_group: int | None = None
    fs_group: int | None = None


def application_identity(spec: JsonObject, containers: Iterable[str] = ()) -> Identity:
    """As whom the named containers run (all application containers, where none is named).

    A container's own value goes before the pod's. Where containers differ, or leave it to the image, the answer
    is ``None``: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    """
    wanted = set(containers)
    pod = object_at(spec, "securityContext")
    asked = [c for c in objects_at(spec, "containers") if not wanted or text_at(c, "name") in wanted]

    def common(field: str) -> int | None:
        values = {_number(object_at(c, "securityContext").get(field, pod.get(field))) for c in asked}
        return values.pop() if len(values) == 1 else None

    return Identity(common("runAsUser"), common("runAsGroup"), _number(pod.get("fsGroup")))


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

"""As whom the containers of a pod run, as far as the pod spec tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from patterns.model import Json, JsonObject, SecurityContext
from patterns.model.derived import derived
from patterns.model.json import object_at, objects_at, text_at
from patterns.model.value import replace

#: as whom a pattern's container runs where the application's user is not known; what distroless images call nonroot
NONROOT = 65532


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


def reads_everything(spec: JsonObject, containers: Iterable[str] = ()) -> bool:
    """Whether the named containers run as a root that permissions do not stop (all, where none is named).

    That is a capability, DAC_OVERRIDE, which a runtime gives to root, and Pod Security takes:
    https://man7.org/linux/man-pages/man7/capabilities.7.html
    """
    wanted = set(containers)
    pod = object_at(spec, "securityContext")
    asked = [c for c in objects_at(spec, "containers") if not wanted or text_at(c, "name") in wanted]
    return bool(asked) and all(_overrides(object_at(c, "securityContext"), pod) for c in asked)


def _overrides(context: JsonObject, pod: JsonObject) -> bool:
    if _number(context.get("runAsUser", pod.get("runAsUser"))) != 0:
        return False
    capabilities = object_at(context, "capabilities")
    added, dropped = (_names(capabilities.get(key)) for key in ("add", "drop"))
    every = {"ALL", "DAC_OVERRIDE"}
    return context.get("privileged") is True or bool(every & added) or not every & dropped


def _names(capabilities: Json) -> set[str]:
    listed = capabilities if isinstance(capabilities, list) else []
    return {str(one).upper().removeprefix("CAP_") for one in listed}


def identity_of(context: SecurityContext | None, spec: JsonObject) -> Identity:
    """As whom a container with this context runs in the pod."""
    pod = object_at(spec, "securityContext")
    own = context or SecurityContext()
    return Identity(
        _number(pod.get("runAsUser")) if own.run_as_user is None else own.run_as_user,
        _number(pod.get("runAsGroup")) if own.run_as_group is None else own.run_as_group,
        _number(pod.get("fsGroup")),
    )


def sharing_files(context: SecurityContext | None, spec: JsonObject, application: Identity) -> SecurityContext | None:
    """The context of a container that shares files with the application: as its user and group, where they are known.

    What the context says itself stays. Elsewhere it is ``NONROOT``, because an image's own user may be root, as which
    the kubelet starts nothing under ``runAsNonRoot``; so it is where the application runs as root, with the
    application's group. Where root is allowed, the context is returned as it is.

    Args:
        context: None for none, which is kept wherever the container starts without one.
        spec: the pod spec.
        application: as whom the application runs.
    """
    pod = object_at(spec, "securityContext")
    own = None if context is None else context.run_as_non_root
    if (pod.get("runAsNonRoot") if own is None else own) is not True:
        return context
    if context is None and _number(pod.get("runAsUser")):
        return None
    wanted = context or SecurityContext()
    user = wanted.run_as_user
    if user is None:
        user = application.run_as_user or NONROOT
    group = application.run_as_group if wanted.run_as_group is None else wanted.run_as_group
    if group is None and user != application.run_as_user:
        group = NONROOT
    return derived(wanted, (sharing_files, user, group), lambda: replace(wanted, run_as_user=user, run_as_group=group))


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

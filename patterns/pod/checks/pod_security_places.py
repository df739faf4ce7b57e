"""What the checks of the Pod Security Standards share: where security contexts are, and how problems name them."""

from __future__ import annotations

from collections.abc import Iterator

from patterns.model.json import JsonObject, object_at
from patterns.pod.checks.reading import texts
from patterns.pod.checks.rule import Problem
from patterns.pod.checks.subject import Container, Pod, PodContainer, Steps

CONTEXT = "securityContext"


def path_in(container: PodContainer, *steps: str | int) -> Steps:
    return ("spec", container.list, container.at, *steps)


def problem_in(container: PodContainer, message: str, fix: str, *steps: str | int) -> Problem:
    return Problem(path_in(container, *steps), f"{container.where}: {message}", fix)


def pod_context(pod: Pod) -> JsonObject:
    return object_at(pod.spec, CONTEXT)


def own_users(pod: Pod, minor: int) -> bool:
    """Whether the pod has users of its own, so that its root is nobody on the node: forgiven since 1.35."""
    return minor >= 35 and pod.spec.get("hostUsers") is False


def for_windows(pod: Pod, minor: int) -> bool:
    """Whether the pod is for Windows, where settings of the Linux kernel cannot be given: forgiven since 1.25."""
    return minor >= 25 and pod.os == "windows"


def added(container: Container) -> list[str]:
    return texts(object_at(container.security, "capabilities").get("add"))


def contexts(pod: Pod) -> Iterator[tuple[Steps, str, JsonObject]]:
    """The security contexts of the pod and of its containers that have one, and whose each is, as messages begin."""
    if isinstance(pod.spec.get(CONTEXT), dict):
        yield ("spec", CONTEXT), "", pod_context(pod)
    for container in pod.all_containers:
        if isinstance(container.json.get(CONTEXT), dict):
            yield path_in(container, CONTEXT), f"{container.where}: ", container.security

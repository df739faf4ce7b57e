"""Rules for volume mounts."""

from __future__ import annotations

from posixpath import normpath

from patterns.model.json import text_at
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, container_rule
from patterns.pod.checks.subject import Container


@container_rule("duplicate-mount-path", Outcome.REFUSED, source=f"{VALIDATION} ValidateVolumeMounts")
def duplicate_mount_path(container: Container) -> Problems:
    """Two mounts cannot stand in one place; the server compares the paths letter by letter."""
    seen: dict[str, int] = {}
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "mountPath")
        if path and seen.setdefault(path, at) != at:
            yield Problem(
                ("volumeMounts", at, "mountPath"),
                f"mountPath must be unique in its container, got {path!r}, which volumeMounts[{seen[path]}] has too",
                "mount one of them elsewhere, or put both volumes' files into one projected volume",
            )


@container_rule("same-mount-path", Outcome.BROKEN, source="seen on a kubelet 1.37: one volume hides the other")
def same_mount_path(container: Container) -> Problems:
    """``/d/``, ``//d`` and ``/a/../d`` are ``/d`` to the kubelet: one volume hides the other, and nothing says so."""
    seen: dict[str, tuple[int, str]] = {}
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "mountPath")
        if not path or container.pod.os == "windows":
            continue
        first, spelled = seen.setdefault(normpath(f"/{path.lstrip('/')}"), (at, path))
        if first != at and spelled != path:
            yield Problem(
                ("volumeMounts", at, "mountPath"),
                f"mountPath must be a place of its own, got {path!r}, where volumeMounts[{first}] is mounted as "
                f"{spelled!r}",
                "mount one of them elsewhere",
            )

"""Rules from what is known of widely used images."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from patterns.model.json import Json, object_at, text_at
from patterns.pod.checks.image_facts import ImageFacts, canonical
from patterns.pod.checks.mounts import target_of
from patterns.pod.checks.probes import handlers_of
from patterns.pod.checks.rule import Outcome, Problem, Problems, container_rule, pod_container_rule
from patterns.pod.checks.subject import Container, PodContainer, Steps

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "/bin/sh", "/bin/bash", "/bin/ash", "/usr/bin/sh", "/usr/bin/bash"})
_IMAGES = "https://kubernetes.io/docs/concepts/containers/images/"


def facts_of(container: Container) -> ImageFacts | None:
    """What is known of the container's image."""
    image = container.json.get("image")
    if not isinstance(image, str):
        return None
    known = container.facts
    repository, tag = canonical(image)
    return next((facts for facts in known.get(repository, ()) if facts.fits(repository, tag)), None)


@pod_container_rule(
    "root-image-refused",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: CreateContainerConfigError; kubelet verifyRunAsNonRoot",
    whole=True,
    fields=("image",),
)
def root_image_refused(container: PodContainer) -> Problems:
    """With ``runAsNonRoot`` the kubelet starts no image that runs as root, or as a user whose number it cannot tell."""
    pod = object_at(container.pod.spec, "securityContext")
    own = container.security
    if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        return
    if own.get("runAsUser", pod.get("runAsUser")) is not None or container.os == "windows":
        return
    facts = facts_of(container)
    if facts is not None and (facts.user == 0 or isinstance(facts.user, str)):
        whose = "root" if facts.user == 0 else f"{facts.user!r}, whose number the kubelet does not know"
        message = f"runAsUser must be given where runAsNonRoot is true: {container.json['image']} runs as {whose}"
        yield Problem(("securityContext", "runAsUser"), message, "write runAsUser: 65532, or take another image")


@container_rule("shell-missing", Outcome.BROKEN, source="seen on a kubelet 1.37: a hook without its program is ignored")
def shell_missing(container: Container) -> Problems:
    """Without a shell ``sh`` cannot run: the container does not start, the probe fails, the hook does nothing."""
    calls = [(path, words) for path, words in _calls(container) if _program(words) in _SHELLS]
    if not calls:
        return
    facts = facts_of(container)
    if facts is None or facts.shell is not False:
        return
    mounted = {target_of(container, text_at(mount, "mountPath")) for _, mount in container.entries("volumeMounts")}
    if not mounted & {"/bin", "/usr/bin", "/usr"}:
        for path, words in calls:
            message = (
                f"{path[-1]} must not need a shell, got {words[0]!r}, which {container.json['image']} does not have"
            )
            yield Problem(path, message, "call the program itself, or take an image with a shell")


def _program(words: list[Json]) -> str:
    """The first word, which may be anything in what somebody else wrote."""
    return words[0] if words and isinstance(words[0], str) else ""


def _calls(container: Container) -> Iterator[tuple[Steps, list[Json]]]:
    command = container.json.get("command")
    if isinstance(command, list):
        yield ("command",), command
    for path, handler in handlers_of(container):
        command = object_at(handler, "exec").get("command")
        if isinstance(command, list):
            yield (*path, "exec", "command"), command


@pod_container_rule(
    "logs-hidden", Outcome.OPINION, source=f"{_IMAGES}#image-names; the image's Dockerfile", fields=("volumeMounts",)
)
def logs_hidden(container: PodContainer) -> Problems:
    """Some images link their log files to stdout; a volume in that place takes them from ``kubectl logs``."""
    mounts = [(at, mount) for at, mount in container.entries("volumeMounts")]
    facts = facts_of(container) if mounts else None
    if facts is None or not facts.logs:
        return
    places = {dirname(log) for log in facts.logs}
    for at, mount in mounts:
        name = text_at(mount, "name")
        readers = [
            other
            for other in container.pod.all_containers
            if other.name != container.name
            and any(text_at(m, "name") == name for _, m in other.entries("volumeMounts"))
        ]
        if target_of(container, text_at(mount, "mountPath")) in places and not readers:
            message = f"mountPath must not hide the logs of {container.json['image']}, which lead to stdout from there"
            yield Problem(("volumeMounts", at, "mountPath"), message, "mount it elsewhere, or read it by a sidecar")


@container_rule(
    "read-only-root",
    Outcome.BROKEN,
    source="the image's Dockerfile and entry point",
    whole=True,
    fields=("securityContext",),
)
def read_only_root(container: Container) -> Problems:
    """With a read-only root, what the program writes at its start needs a volume."""
    if container.security.get("readOnlyRootFilesystem") is not True or container.json.get("command"):
        return
    facts = facts_of(container)
    if facts is None or not facts.writes or container.json.get("args"):
        return
    mounted = [_place(target_of(container, text_at(m, "mountPath"))) for _, m in container.entries("volumeMounts")]
    if any(place.startswith(("/etc", "/usr/local/apache2/conf")) for place in mounted):
        # a configuration of one's own may put the files elsewhere
        return
    missing = [
        path for path in facts.writes if not any(path == place or path.startswith(f"{place}/") for place in mounted)
    ]
    if missing:
        image = container.json["image"]
        message = f"with a read-only root there must be volumes where {image} writes, and {missing[0]} has none"
        path: Steps = ("securityContext", "readOnlyRootFilesystem")
        yield Problem(path, message, f"mount an emptyDir at {' and '.join(missing)}")


def _place(path: str) -> str:
    """The same for ``/var/run``, which is a link."""
    return path.replace("/var/run", "/run", 1) if path == "/var/run" or path.startswith("/var/run/") else path

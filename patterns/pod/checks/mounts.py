"""Rules for volume mounts."""

from __future__ import annotations

import re
from functools import lru_cache
from posixpath import normpath

from patterns.model.json import object_at, text_at
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, container_rule, pod_container_rule
from patterns.pod.checks.subject import Container, PodContainer

_MOUNTS = f"{VALIDATION} ValidateVolumeMounts"
_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"
#: where the files of a program and of the kernel are: with something else there, no process starts
_OF_THE_SYSTEM = frozenset({"/", "/proc", "/dev", "/bin"})
_VARIABLE = re.compile(r"\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)")
#: volumes that hold none of the files that a program needs
_FILES_OF_THE_POD = frozenset({"emptyDir", "configMap", "secret", "downwardAPI", "projected"})


def target_of(container: Container, path: str) -> str:
    """Where the kubelet mounts it: relative paths start at the root, and dots are resolved."""
    return path if container.os == "windows" else _normal(path)


@lru_cache(maxsize=8192)
def _normal(path: str) -> str:
    return normpath(f"/{path.lstrip('/')}")


@container_rule("duplicate-mount-path", Outcome.REFUSED, source=_MOUNTS, fields=("volumeMounts",))
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


@container_rule(
    "same-mount-path",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: one volume hides the other",
    fields=("volumeMounts",),
)
def same_mount_path(container: Container) -> Problems:
    """``/d/``, ``//d`` and ``/a/../d`` are ``/d`` to the kubelet: one volume hides the other, and nothing says so."""
    seen: dict[str, tuple[int, str]] = {}
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "mountPath")
        if not path or container.os == "windows":
            continue
        first, spelled = seen.setdefault(target_of(container, path), (at, path))
        if first != at and spelled != path:
            yield Problem(
                ("volumeMounts", at, "mountPath"),
                f"mountPath must be a place of its own, got {path!r}, where volumeMounts[{first}] is mounted as "
                f"{spelled!r}",
                "mount one of them elsewhere",
            )


@container_rule("mount-path-missing", Outcome.REFUSED, source=_MOUNTS, fields=("volumeMounts",))
def mount_path_missing(container: Container) -> Problems:
    """A mount says where."""
    for at, mount in container.entries("volumeMounts"):
        if not mount.get("mountPath"):
            message = "mountPath must be given, got none"
            yield Problem(("volumeMounts", at, "mountPath"), message, "write the directory where the volume appears")


@pod_container_rule(
    "undeclared-volume", Outcome.REFUSED, source=_MOUNTS, whole=True, fields=("volumeMounts", "volumeDevices")
)
def undeclared_volume(container: PodContainer) -> Problems:
    """A mount names a volume of the pod, or a claim template of its StatefulSet."""
    known = container.pod.mountable
    for field in ("volumeMounts", "volumeDevices"):
        for at, mount in container.entries(field):
            name = text_at(mount, "name")
            if not name or name not in known:
                shown = ", ".join(sorted(known - {""})) or "none"
                message = f"name must be that of a volume of the pod, got {name!r}; there is {shown}"
                yield Problem((field, at, "name"), message, "declare the volume under spec.volumes, or mend the name")


@container_rule(
    "sub-path", Outcome.REFUSED, source=f"{VALIDATION} validateLocalDescendingPath", fields=("volumeMounts",)
)
def sub_path(container: Container) -> Problems:
    """A sub-path stays below the volume, and is told in one way."""
    for at, mount in container.entries("volumeMounts"):
        given = [field for field in ("subPath", "subPathExpr") if text_at(mount, field)]
        if len(given) > 1:
            message = "subPathExpr must not stand beside subPath"
            yield Problem(("volumeMounts", at, "subPathExpr"), message, "keep one of them")
        for field in given:
            path = text_at(mount, field)
            if path.startswith("/") or ".." in path.split("/"):
                message = f"{field} must be a relative path without '..', got {path!r}"
                yield Problem(("volumeMounts", at, field), message, "write the way from the root of the volume")


@container_rule(
    "sub-path-variable",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: CreateContainerConfigError",
    whole=True,
    fields=("volumeMounts",),
)
def sub_path_variable(container: Container) -> Problems:
    """``subPathExpr`` takes the container's own variables; with an unknown one the container is never made."""
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "subPathExpr")
        if "$(" not in path or container.json.get("envFrom"):
            continue
        names = {text_at(variable, "name") for _, variable in container.entries("env")}
        for name in _VARIABLE.findall(path.replace("$$", "")):
            if name not in names:
                message = f"subPathExpr must use variables of this container's env, got $({name})"
                yield Problem(("volumeMounts", at, "subPathExpr"), message, f"add {name} to env")


@pod_container_rule(
    "mount-over-the-system",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: RunContainerError",
    fields=("volumeMounts",),
)
def mount_over_the_system(container: PodContainer) -> Problems:
    """Over ``/``, ``/proc``, ``/dev`` or ``/bin`` there is no program left to start."""
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "mountPath")
        if not path or container.os == "windows" or target_of(container, path) not in _OF_THE_SYSTEM:
            continue
        volume = container.pod.volume(text_at(mount, "name"))
        # "volumes:" without a source are empty directories too; a directory of the node may hold what is needed
        kinds = {key for key, value in (volume or {}).items() if key != "name" and value is not None}
        if volume is not None and (kinds & _FILES_OF_THE_POD or not kinds) and not text_at(mount, "subPath"):
            message = f"mountPath must not be {target_of(container, path)}, where the container's own files are"
            yield Problem(("volumeMounts", at, "mountPath"), message, "mount it in a directory of its own")


@pod_container_rule(
    "mount-over-the-token",
    Outcome.BROKEN,
    source="https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens",
    fields=("volumeMounts",),
)
def mount_over_the_token(container: PodContainer) -> Problems:
    """What is mounted over the service account's token hides it; only another token is of use there."""
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "mountPath")
        if not path or target_of(container, path) not in (_TOKEN, _TOKEN.replace("/var", "", 1)):
            continue
        volume = container.pod.volume(text_at(mount, "name")) or {}
        if any(isinstance(volume.get(kind), dict) for kind in ("emptyDir", "configMap", "downwardAPI")):
            message = "mountPath must not be the directory of the service account's token"
            yield Problem(("volumeMounts", at, "mountPath"), message, "mount it elsewhere")


@container_rule(
    "mount-over-etc",
    Outcome.OPINION,
    source="seen on a kubelet 1.37: starts with an empty /etc",
    fields=("volumeMounts",),
)
def mount_over_etc(container: Container) -> Problems:
    """A volume over ``/etc`` hides users and certificates of the image, over ``/etc/hosts`` what the kubelet writes."""
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "mountPath")
        if not path or text_at(mount, "subPath"):
            continue
        place = target_of(container, path)
        if place == "/etc":
            message, fix = "mountPath must not be /etc, where the image's users are", "mount single files by subPath"
        elif place in ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname"):
            message, fix = f"mountPath must not be {place}, which the kubelet writes", "write hostAliases or dnsConfig"
        else:
            continue
        yield Problem(("volumeMounts", at, "mountPath"), message, fix)


@container_rule(
    "odd-mount-path",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/concepts/storage/volumes/",
    fields=("volumeMounts",),
)
def odd_mount_path(container: Container) -> Problems:
    """A relative path, ``..``, ``:`` or a control character is taken, and every reader understands it otherwise."""
    for at, mount in container.entries("volumeMounts"):
        path = text_at(mount, "mountPath")
        if not path or container.os == "windows" or "\\" in path or re.match("[A-Za-z]:", path):
            continue
        if not path.startswith("/") or ".." in path.split("/") or ":" in path or not path.isprintable():
            message = f"mountPath must be an absolute path without '..', ':' and control characters, got {path!r}"
            yield Problem(("volumeMounts", at, "mountPath"), message, f"write {target_of(container, path)!r}")


@pod_container_rule(
    "sub-path-never-updated",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath",
    fields=("volumeMounts",),
)
def sub_path_never_updated(container: PodContainer) -> Problems:
    """A file of a ConfigMap or Secret that is mounted by ``subPath`` never changes in a running container."""
    for at, mount in container.entries("volumeMounts"):
        if text_at(mount, "subPath"):
            volume = container.pod.volume(text_at(mount, "name")) or {}
            for kind in ("configMap", "secret"):
                if isinstance(volume.get(kind), dict):
                    message = f"subPath must not be used on a {kind} whose changes should arrive"
                    yield Problem(
                        ("volumeMounts", at, "subPath"), message, "mount the whole volume in its own directory"
                    )


@container_rule(
    "mount-propagation", Outcome.REFUSED, source=f"{VALIDATION} validateMountPropagation", fields=("volumeMounts",)
)
def mount_propagation(container: Container) -> Problems:
    """Only a privileged container can mount for the node."""
    for at, mount in container.entries("volumeMounts"):
        if mount.get("mountPropagation") == "Bidirectional" and container.security.get("privileged") is not True:
            message = "mountPropagation must not be Bidirectional in a container that is not privileged"
            yield Problem(("volumeMounts", at, "mountPropagation"), message, "write HostToContainer")
        recursive = text_at(mount, "recursiveReadOnly")
        if recursive in ("IfPossible", "Enabled") and container.target >= 31:
            if mount.get("readOnly") is not True:
                message = f"readOnly must be true where recursiveReadOnly is {recursive}"
                yield Problem(("volumeMounts", at, "recursiveReadOnly"), message, "write readOnly: true")
            elif text_at(mount, "mountPropagation") not in ("", "None"):
                message = f"mountPropagation must be None where recursiveReadOnly is {recursive}"
                yield Problem(("volumeMounts", at, "recursiveReadOnly"), message, "take mountPropagation out")


@pod_container_rule(
    "volume-device",
    Outcome.REFUSED,
    source=f"{VALIDATION} ValidateVolumeDevices",
    whole=True,
    fields=("volumeDevices",),
)
def volume_device(container: PodContainer) -> Problems:
    """A device comes from a claim, at a path of its own."""
    paths = {text_at(mount, "mountPath") for _, mount in container.entries("volumeMounts")}
    for at, device in container.entries("volumeDevices"):
        path = text_at(device, "devicePath")
        if not path or ".." in path.split("/") or path in paths:
            message = f"devicePath must be a path without '..' that nothing else has, got {path!r}"
            yield Problem(("volumeDevices", at, "devicePath"), message, "write a path such as /dev/xvda")
        paths.add(path)
        volume = container.pod.volume(text_at(device, "name"))
        if volume is not None and not object_at(volume, "persistentVolumeClaim") and "ephemeral" not in volume:
            message = f"a device must be of a persistentVolumeClaim, got volume {text_at(device, 'name')!r}"
            yield Problem(("volumeDevices", at, "name"), message, "mount it under volumeMounts")

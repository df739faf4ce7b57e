"""Rules for volumes."""

from __future__ import annotations

from collections.abc import Iterator

from patterns.model.json import Json, JsonObject, object_at, text_at
from patterns.model.names import dns_label
from patterns.model.volume_source import is_runtime_socket
from patterns.pod.checks.reading import complaint, number
from patterns.pod.checks.resources import quantity_of
from patterns.pod.checks.rule import VALIDATION, WARNINGS, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.schema import types
from patterns.pod.checks.subject import Pod, Steps, entries

_BASELINE = "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"
_SOURCE = f"{VALIDATION} validateVolumeSource"
#: what has to be told of each kind
_REQUIRED = {
    "configMap": ("name",),
    "secret": ("secretName",),
    "persistentVolumeClaim": ("claimName",),
    "hostPath": ("path",),
    "nfs": ("server", "path"),
    "csi": ("driver",),
    "iscsi": ("targetPortal", "iqn"),
    "azureFile": ("secretName", "shareName"),
    "flexVolume": ("driver",),
    "gitRepo": ("repository",),
    "ephemeral": ("volumeClaimTemplate",),
}
#: whose keys become files
_OF_ITEMS = ("configMap", "secret", "downwardAPI")
_REMOVED = {
    "gitRepo": 28,
    "glusterfs": 28,
    "flocker": 28,
    "quobyte": 28,
    "scaleIO": 28,
    "storageos": 28,
    "photonPersistentDisk": 28,
    "cephfs": 28,
    "rbd": 28,
}


def _kinds(volume: JsonObject) -> list[str]:
    known = types()["Volume"]
    return [key for key, value in volume.items() if key != "name" and value is not None and key in known]


@pod_rule("volume-name", Outcome.REFUSED, source=f"{VALIDATION} ValidateVolumes", fields=("volumes",))
def volume_name(pod: Pod) -> Problems:
    """A volume's name is a DNS label."""
    for at, volume in pod.volumes:
        name = volume.get("name")
        if name is None or name == "":
            yield Problem(("spec", "volumes", at, "name"), "name must be given, got none", "name the volume")
        elif isinstance(name, str) and (said := complaint(dns_label, name, "name")):
            yield Problem(("spec", "volumes", at, "name"), said, "rename the volume")


@pod_rule("duplicate-volume", Outcome.REFUSED, source=f"{VALIDATION} ValidateVolumes", fields=("volumes",))
def duplicate_volume(pod: Pod) -> Problems:
    """Names of volumes are unique in a pod."""
    seen: dict[str, int] = {}
    for at, volume in pod.volumes:
        name = text_at(volume, "name")
        if name and seen.setdefault(name, at) != at:
            message = f"volume names must be unique in the pod, got {name!r}, which volumes[{seen[name]}] has too"
            yield Problem(("spec", "volumes", at, "name"), message, "rename one of them, or keep one")


@pod_rule("volume-source", Outcome.REFUSED, source=_SOURCE, fields=("volumes",))
def volume_source(pod: Pod) -> Problems:
    """A volume is of one kind, and says what its kind needs."""
    for at, volume in pod.volumes:
        kinds = _kinds(volume)
        path: Steps = ("spec", "volumes", at)
        if text_at(volume, "name") in pod.claim_templates:
            # a StatefulSet puts its own claim in this place
            continue
        if len(kinds) > 1:
            message = f"a volume must be of one kind, got {' and '.join(kinds)}"
            yield Problem((*path, kinds[1]), message, "keep one of them")
            continue
        for kind in kinds:
            holder = volume.get(kind)
            for field in _REQUIRED.get(kind, ()):
                if isinstance(holder, dict) and not holder.get(field):
                    message = f"{field} must be given in {kind}, got none"
                    yield Problem((*path, kind, field), message, f"write {field}")


@pod_rule("deprecated-volume", Outcome.WARNED, source=WARNINGS, fields=("volumes",))
def deprecated_volume(pod: Pod) -> Problems:
    """Some kinds of volumes have no driver any more."""
    for at, volume in pod.volumes_with(*_REMOVED):
        for kind in _kinds(volume):
            if kind in _REMOVED and pod.target >= _REMOVED[kind]:
                message = f"a volume must not be of kind {kind}, which is deprecated or gone"
                yield Problem(("spec", "volumes", at, kind), message, "use a CSI driver, or an init container")


@pod_rule("file-mode", Outcome.REFUSED, source=f"{VALIDATION} validateConfigMapVolumeSource", fields=("volumes",))
def file_mode(pod: Pod) -> Problems:
    """Modes are 0 to 0777 in octal, which is 511."""
    for path, value in _modes(pod):
        mode = number(value)
        if mode is not None and not 0 <= mode <= 0o777:
            yield Problem(path, f"{path[-1]} must be 0-0777 in octal (511), got {mode}", "write it such as 0644")


def _modes(pod: Pod) -> Iterator[tuple[Steps, Json]]:
    for at, volume in pod.volumes_with(*_OF_ITEMS, "projected"):
        for kind in (*_OF_ITEMS, "projected"):
            if kind in volume and "defaultMode" in (holder := object_at(volume, kind)):
                yield ("spec", "volumes", at, kind, "defaultMode"), holder["defaultMode"]
    for path, item in _items(pod):
        if "mode" in item:
            yield (*path, "mode"), item["mode"]


@pod_rule("item-path", Outcome.REFUSED, source=f"{VALIDATION} ValidateLocalNonReservedPath", fields=("volumes",))
def item_path(pod: Pod) -> Problems:
    """An item becomes a file below the volume: a relative path without ``..``, which no other one has."""
    for at, volume in pod.volumes_with(*_OF_ITEMS, "projected"):
        seen: set[str] = set()
        is_projected = isinstance(volume.get("projected"), dict)
        for path, item in _items_of(volume, ("spec", "volumes", at)):
            file = text_at(item, "path")
            if file.startswith(("/", "..")) or ".." in file.split("/"):
                message = f"path must be relative, without '..' and not beginning with it, got {file!r}"
                yield Problem((*path, "path"), message, "write the way from the root of the volume")
            elif not file:
                yield Problem((*path, "path"), "path must be given, got none", "write the name of the file")
            elif file in seen and is_projected:
                message = f"path must be unique in a projected volume, got {file!r} twice"
                yield Problem((*path, "path"), message, "give one of them another path")
            seen.add(file)


def _items(pod: Pod) -> Iterator[tuple[Steps, JsonObject]]:
    for at, volume in pod.volumes_with(*_OF_ITEMS, "projected"):
        yield from _items_of(volume, ("spec", "volumes", at))


def _items_of(volume: JsonObject, path: Steps) -> Iterator[tuple[Steps, JsonObject]]:
    yield from _items_in(volume, path)
    if "projected" in volume:
        for at, source in entries(object_at(volume, "projected").get("sources")):
            yield from _items_in(source, (*path, "projected", "sources", at))


def _items_in(holder: JsonObject, path: Steps) -> Iterator[tuple[Steps, JsonObject]]:
    for kind in _OF_ITEMS:
        if kind in holder:
            for at, item in entries(object_at(holder, kind).get("items")):
                yield (*path, kind, "items", at), item


@pod_rule("empty-dir-size", Outcome.REFUSED, source=_SOURCE, fields=("volumes",))
def empty_dir_size(pod: Pod) -> Problems:
    """A directory has no negative size."""
    for at, volume in pod.volumes_with("emptyDir"):
        amount = quantity_of(object_at(volume, "emptyDir").get("sizeLimit"))
        if amount is not None and amount.numerator < 0:
            message = f"sizeLimit must not be negative, got {amount}"
            yield Problem(("spec", "volumes", at, "emptyDir", "sizeLimit"), message, "write a size such as 64Mi")


@pod_rule(
    "empty-dir-medium",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: the pod stays Pending for ever",
    fields=("volumes",),
)
def empty_dir_medium(pod: Pod) -> Problems:
    """Nobody checks the medium before the kubelet: with an unknown one the pod waits for ever."""
    for at, volume in pod.volumes_with("emptyDir"):
        medium = text_at(volume, "emptyDir", "medium")
        if medium in ("", "Memory", "HugePages"):
            continue
        if not medium.startswith("HugePages-") or quantity_of(medium.removeprefix("HugePages-")) is None:
            message = f"medium must be empty, Memory or HugePages, got {medium!r}"
            yield Problem(("spec", "volumes", at, "emptyDir", "medium"), message, "write Memory, or leave it out")


@pod_rule(
    "unbounded-memory",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
    fields=("volumes",),
)
def unbounded_memory(pod: Pod) -> Problems:
    """A directory in memory without a limit counts against whoever writes, who is killed for it."""
    for at, volume in pod.volumes_with("emptyDir"):
        holder = object_at(volume, "emptyDir")
        if holder.get("medium") == "Memory" and holder.get("sizeLimit") is None:
            message = "sizeLimit must be given where medium is Memory, got none"
            yield Problem(("spec", "volumes", at, "emptyDir"), message, "give it a sizeLimit under the memory limit")


@pod_rule("unused-volume", Outcome.OPINION, source=f"{VALIDATION} ValidateVolumes", whole=True, fields=("volumes",))
def unused_volume(pod: Pod) -> Problems:
    """A volume that nobody mounts has no purpose, and a missing ConfigMap behind it still stops the pod."""
    mounted = {
        text_at(mount, "name")
        for container in pod.all_containers
        for field in ("volumeMounts", "volumeDevices")
        for _, mount in container.entries(field)
    }
    for at, volume in pod.volumes:
        name = text_at(volume, "name")
        if name and name not in mounted:
            yield Problem(("spec", "volumes", at), f"volume {name!r} must be mounted by a container", "take it out")


@pod_rule("host-path", Outcome.REFUSED, source=f"{VALIDATION} validatePathNoBacksteps", fields=("volumes",))
def host_path(pod: Pod) -> Problems:
    """A directory of the node is named without ``..``."""
    for at, volume in pod.volumes_with("hostPath"):
        path = text_at(volume, "hostPath", "path")
        if ".." in path.split("/"):
            message = f"path must not hold '..', got {path!r}"
            yield Problem(("spec", "volumes", at, "hostPath", "path"), message, "write the whole path")


@pod_rule("host-path-mounted", Outcome.OPINION, source=_BASELINE, fields=("volumes",))
def host_path_mounted(pod: Pod) -> Problems:
    """What a pod keeps on its node is the node's: it stays there, others see it, and some of it makes the pod root."""
    for at, volume in pod.volumes_with("hostPath"):
        path = text_at(volume, "hostPath", "path")
        if not path:
            continue
        if is_runtime_socket(path):
            message = (
                f"path must not be the socket of the container runtime, got {path!r}: who has it is root on the node"
            )
            fix = "ask the Kubernetes API instead"
        else:
            message = f"a volume must be the pod's own, got {path!r} of the node"
            fix = "take an emptyDir or a PersistentVolumeClaim; where the pod serves the node, waive the rule"
        yield Problem(("spec", "volumes", at, "hostPath", "path"), message, fix)


@pod_rule("projected-source", Outcome.REFUSED, source=f"{VALIDATION} validateProjectionSources", fields=("volumes",))
def projected_source(pod: Pod) -> Problems:
    """Each source of a projected volume is one thing, and a token lives for ten minutes at least."""
    for at, volume in pod.volumes_with("projected"):
        for source_at, source in entries(object_at(volume, "projected").get("sources")):
            path: Steps = ("spec", "volumes", at, "projected", "sources", source_at)
            kinds = [key for key, value in source.items() if value is not None]
            if len(kinds) > 1:
                yield Problem((*path, kinds[1]), f"a source must be one thing, got {' and '.join(kinds)}", "split it")
            for kind in ("configMap", "secret"):
                if isinstance(source.get(kind), dict) and not text_at(source, kind, "name"):
                    message = f"name must be given in {kind}, got none"
                    yield Problem((*path, kind, "name"), message, "name the object")
            token = source.get("serviceAccountToken")
            if isinstance(token, dict):
                seconds = number(token.get("expirationSeconds"))
                if seconds is not None and not 600 <= seconds <= 2**32:
                    message = f"expirationSeconds must be at least 600, got {seconds}"
                    yield Problem((*path, "serviceAccountToken", "expirationSeconds"), message, "write 3600")
                if not text_at(token, "path"):
                    message = "path must be given, got none"
                    yield Problem((*path, "serviceAccountToken", "path"), message, "write the name of the file")


@pod_rule(
    "token-without-account", Outcome.REFUSED, source=f"{VALIDATION} ValidatePodCreate", whole=True, fields=("volumes",)
)
def token_without_account(pod: Pod) -> Problems:
    """A Pod with a projected token names its service account; templates leave it to the server."""
    if not pod.object.is_a("Pod") or text_at(pod.spec, "serviceAccountName") or text_at(pod.spec, "serviceAccount"):
        return
    for at, volume in pod.volumes_with("projected"):
        for source_at, source in entries(object_at(volume, "projected").get("sources")):
            if isinstance(source.get("serviceAccountToken"), dict):
                path: Steps = ("spec", "volumes", at, "projected", "sources", source_at, "serviceAccountToken")
                message = "serviceAccountName must be given in a Pod with a projected token, got none"
                yield Problem(path, message, "name the account, such as default")

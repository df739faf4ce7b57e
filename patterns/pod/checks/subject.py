"""The parts of an object that rules look at: plain JSON with its place, safe to walk whatever stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal, TypeAlias

from patterns.model.json import Json, JsonObject, object_at, objects_at, text_at
from patterns.pod.checks.image_facts import FactsByRepository, known_facts
from patterns.pod.template import built_in_path, pod_paths, value_at
from patterns.pod.versions import NEWEST, OLDEST

__all__ = [
    "NEWEST",
    "OLDEST",
    "Container",
    "Object",
    "Objects",
    "Pod",
    "PodContainer",
    "Steps",
    "entries",
    "pointer_of",
    "steps_of",
    "words_of",
]

#: a path as its steps: ``("spec", "containers", 0, "image")``
Steps: TypeAlias = "tuple[str | int, ...]"


ContainerList: TypeAlias = Literal["initContainers", "containers", "ephemeralContainers"]
_LISTS: tuple[ContainerList, ...] = ("initContainers", "containers", "ephemeralContainers")
_SPOKEN = {"initContainers": "init container", "containers": "container", "ephemeralContainers": "ephemeral container"}


class Object:
    """One API object.

    Attributes:
        json: the object.
        target: the minor version of the cluster, such as 37.
        facts: what is known of images, by their repository.
    """

    def __init__(self, json: JsonObject, *, target: int = NEWEST, facts: FactsByRepository | None = None) -> None:
        self.json = json
        self.target = target
        self.facts = known_facts() if facts is None else facts
        self.path: Steps = ()
        #: what rules have found out of the object, so that one walk serves several
        self.memo: dict[str, object] = {}
        self.kind = text_at(json, "kind")
        self.api_version = text_at(json, "apiVersion")
        self.group = self.api_version.rpartition("/")[0]
        self.spec = object_at(json, "spec")
        self.metadata = object_at(json, "metadata")
        self.name = text_at(self.metadata, "name")
        self.namespace = text_at(self.metadata, "namespace")
        #: whether Kubernetes itself runs the pods of this kind; another one's controller may complete them first
        self.built_in = built_in_path(self.api_version, self.kind) is not None

    def is_a(self, kind: str, *groups: str) -> bool:
        """Whether it is of this kind, in one of the groups (the core group where none is named)."""
        return self.kind == kind and self.group in (groups or ("",))

    @cached_property
    def pods(self) -> Sequence[Pod]:
        """Its pod, or pod templates; those of Kubernetes' own kinds even where they are empty."""
        built_in = built_in_path(self.api_version, self.kind)
        pointers = pod_paths(self.json) if built_in is None else [built_in]
        return [Pod(self, pointer) for pointer in pointers]

    @property
    def where(self) -> str:
        return ""


class Pod:
    """A pod, or a pod template: ``metadata`` and ``spec``."""

    def __init__(self, obj: Object, pointer: str) -> None:
        self.object = obj
        self.pointer = pointer
        self.path: Steps = steps_of(pointer)
        found = value_at(obj.json, pointer)
        self.json: JsonObject = found if isinstance(found, dict) else {}
        self.spec = object_at(self.json, "spec")
        self.metadata = object_at(self.json, "metadata")
        self.target = obj.target
        #: ``spec.os.name``, empty where it is not told
        self.os = text_at(self.spec, "os", "name")

    @cached_property
    def all_containers(self) -> Sequence[PodContainer]:
        """Init containers, containers and ephemeral containers, in this order."""
        return [
            PodContainer(self, key, at, json)
            for key in _LISTS
            if key in self.spec
            for at, json in entries(self.spec.get(key))
        ]

    @cached_property
    def containers(self) -> Sequence[PodContainer]:
        """The entries of ``containers``."""
        return [container for container in self.all_containers if container.list == "containers"]

    @cached_property
    def init_containers(self) -> Sequence[PodContainer]:
        """The entries of ``initContainers``, native sidecars among them."""
        return [container for container in self.all_containers if container.list == "initContainers"]

    @cached_property
    def running(self) -> Sequence[PodContainer]:
        """What runs at the same time: containers and native sidecars."""
        return [c for c in self.all_containers if c.list == "containers" or c.is_sidecar]

    @cached_property
    def volumes(self) -> Sequence[tuple[int, JsonObject]]:
        """The entries of ``volumes``, each with its index."""
        return list(entries(self.spec.get("volumes")))

    def volumes_with(self, *fields: str) -> Sequence[tuple[int, JsonObject]]:
        """The entries of ``volumes`` that have one of the fields, such as ``"emptyDir"``, each with its index."""
        return [(at, volume) for at, volume in self.volumes if not volume.keys().isdisjoint(fields)]

    @cached_property
    def claim_templates(self) -> frozenset[str]:
        """The names of a StatefulSet's claim templates, which its pods mount like volumes."""
        return frozenset(text_at(c, "metadata", "name") for c in objects_at(self.object.spec, "volumeClaimTemplates"))

    @cached_property
    def mountable(self) -> frozenset[str]:
        """The names that mounts may have: of volumes and claim templates."""
        return self.claim_templates.union(text_at(volume, "name") for _, volume in self.volumes)

    def volume(self, name: str) -> JsonObject | None:
        """The volume of this name."""
        return next((volume for _, volume in self.volumes if volume.get("name") == name), None)

    @property
    def where(self) -> str:
        return ""


class Container:
    """A container by itself, with what is settled for all containers of its kind of pod: what a rule says of it holds
    for every equal one.

    Attributes:
        os: ``spec.os.name`` of the pod, empty where it is not told.
        built_in: whether Kubernetes itself runs the pod; another controller may complete it first.
        of_plain_pod: whether the object is a ``Pod``, and no template of one.
        facts: what is known of images, by their repository.
    """

    def __init__(self, pod: Pod, list: ContainerList, json: JsonObject) -> None:
        self.list: ContainerList = list
        self.json = json
        self.target = pod.target
        self.os = pod.os
        self.built_in = pod.object.built_in
        self.of_plain_pod = pod.object.is_a("Pod")
        self.facts = pod.object.facts
        self.name = text_at(json, "name")
        self.security = object_at(json, "securityContext")
        self.is_init = list == "initContainers"
        #: a native sidecar: an init container that goes on running beside the application
        self.is_sidecar = self.is_init and json.get("restartPolicy") == "Always"

    @property
    def setting(self) -> tuple[object, ...]:
        """All that is told of the container beside its JSON and what is known of images."""
        return (self.list, self.target, self.os, self.built_in, self.of_plain_pod)

    @property
    def runs_on(self) -> bool:
        """Whether it goes on running: everything but a plain init container."""
        return self.list != "initContainers" or self.is_sidecar

    def entries(self, key: str) -> Iterator[tuple[int, JsonObject]]:
        """The objects in a list of the container, such as ``"ports"``, each with its index."""
        return entries(self.json[key]) if key in self.json else iter(())


class PodContainer(Container):
    """A container in its pod, with its place there and everything beside it."""

    def __init__(self, pod: Pod, list: ContainerList, at: int, json: JsonObject) -> None:
        super().__init__(pod, list, json)
        self.pod = pod
        self.at = at

    @property
    def path(self) -> Steps:
        return (*self.pod.path, "spec", self.list, self.at)

    @property
    def where(self) -> str:
        """How a message speaks of it."""
        return f"{_SPOKEN[self.list]} {self.name!r}" if self.name else f"{_SPOKEN[self.list]} {self.at}"


class Objects:
    """All objects that are applied together: those of an app, or of one call of the checker."""

    def __init__(self, objects: Sequence[Object]) -> None:
        self.all = objects

    def of_kind(self, kind: str, *groups: str) -> list[Object]:
        """The objects of a kind."""
        return [obj for obj in self.all if obj.is_a(kind, *groups)]


def entries(value: Json) -> Iterator[tuple[int, JsonObject]]:
    """The objects in a list, each with its index; what is no object is passed over."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, dict):
                yield at, item


def pointer_of(steps: Steps) -> str:
    """The path as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def steps_of(pointer: str) -> Steps:
    """A JSON Pointer as steps; whole numbers become indexes."""
    return tuple(
        int(step) if step.isdecimal() else step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]
    )


def words_of(steps: Steps) -> str:
    """The path as people write it: ``spec.containers[0].image``."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("-", "").replace("_", "").isalnum():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text

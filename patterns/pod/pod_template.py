"""A pod template with the memory of who brought what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from patterns.model import JsonObject
from patterns.model.json import object_at, objects_at, text_at
from patterns.pod.grace import Slices
from patterns.pod.order import Relation
from patterns.pod.target_ports import front_of
from patterns.pod.writers import Reader
from patterns.pod.written_files import WrittenFiles

#: what a message calls a part that no contributor brought
THE_POD = "the pod itself"

#: where something stands in a pod: ("container", "app"), ("mount", "app", "/var/log"), ("port", "8080", "TCP"), ...
Place = tuple[str, ...]


class PodTemplate(NamedTuple):
    """A pod template with the memory of who brought what: ``metadata`` and ``spec``, as they end in the YAML.

    Merging makes a new one and shares what did not change; ``json`` is never written to after it was made. Parts of it
    stand in other pods too.
    """

    json: JsonObject
    #: the pod spec before anybody contributed: its init containers keep their order, its grace is the application's
    base: JsonObject
    owners: Mapping[Place, object]
    relations: tuple[Relation, ...]
    slices: Slices
    readers: tuple[Reader, ...]
    #: what contributors want for the pod's volumes; see `with_fs_group`
    fs_group: int | None
    #: what init containers write before the application starts
    files: WrittenFiles
    #: ports of the application that something stands in front of, with those that Services lead to instead
    target_ports: Mapping[int, int]

    @property
    def spec(self) -> JsonObject:
        return object_at(self.json, "spec")

    def owner(self, *place: str) -> object:
        return self.owners.get(place, THE_POD)

    def target_port(self, port: int) -> int:
        """The port that a Service leads to, of one that wants ``port``: of what stands in front of it, and so on."""
        return front_of(port, self.target_ports)

    def port_named(self, name: str) -> int | None:
        """The number of the TCP port of that name, as EndpointSlices find it."""
        for container in self.running():
            for port in objects_at(container, "ports"):
                number = port.get("containerPort")
                if text_at(port, "name") == name and port.get("protocol", "TCP") == "TCP" and isinstance(number, int):
                    return number
        return None

    def containers(self) -> list[JsonObject]:
        """Every container in start order: init containers and native sidecars, then the others."""
        return [*objects_at(self.spec, "initContainers"), *objects_at(self.spec, "containers")]

    def running(self) -> list[JsonObject]:
        """The containers that go on running: native sidecars, then the others."""
        plain = [c for c in objects_at(self.spec, "initContainers") if c.get("restartPolicy") != "Always"]
        return [container for container in self.containers() if container not in plain]


def pod_of(json: JsonObject) -> PodTemplate:
    """A pod template to which nobody has contributed yet."""
    return PodTemplate(
        json=json,
        base=object_at(json, "spec"),
        owners={},
        relations=(),
        slices=Slices(),
        readers=(),
        fs_group=None,
        files={},
        target_ports={},
    )

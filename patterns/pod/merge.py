"""Pod template + contribution = pod template. Adding commutes, overwriting does not, so nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from patterns.errors import Conflict, InvalidValue, NotFound
from patterns.model import Container, EnvVar, Json, JsonObject, Volume, VolumeMount
from patterns.model.derived import derived
from patterns.model.frozen import written
from patterns.model.json import object_at, objects_at, text_at
from patterns.model.paths import normalised_path
from patterns.pod.contribution import Contribution
from patterns.pod.grace import grace_period_seconds, with_pre_stop_sleep
from patterns.pod.order import Relation, ordered, relations_of
from patterns.pod.pod_template import THE_POD, Place, PodTemplate
from patterns.pod.ports import check_ports
from patterns.pod.target_ports import annotations_of
from patterns.pod.writers import readers_of
from patterns.pod.written_files import with_files

#: fields that only containers which go on running may have
_OF_RUNNING_CONTAINERS = frozenset({"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"})


def merge(pod: PodTemplate, contribution: Contribution, by: object) -> PodTemplate:
    """The pod with the contribution added, and everything that was there before as it was.

    Args:
        pod: what has been merged up to now.
        contribution: what to add.
        by: who adds it; its ``str()`` stands in messages.

    Raises:
        Conflict: when two contributors want different things in one place.
        NotFound: when a container is named that the pod does not have.
    """
    draft = _Draft(pod, by)
    for container in contribution.init_containers:
        draft.add_container(container, "initContainers")
    for container in contribution.sidecars:
        if contribution.native:
            draft.add_container(container, "initContainers", restart_policy="Always")
        else:
            draft.add_container(container, "containers")
    for name, mounts in contribution.mounts.items():
        draft.add_mounts(name, mounts)
    for name, variables in contribution.env.items():
        draft.add_env(name, variables)
    for key, value in contribution.pod.items():
        if value is not None or key in draft.spec:
            draft.add_single_values(draft.spec, {key: written(value)}, ("pod spec",))
    draft.add_metadata("labels", contribution.labels)
    draft.add_metadata("annotations", contribution.annotations)
    containers = (*contribution.init_containers, *contribution.sidecars)
    relations = pod.relations
    if containers:
        relations = (*relations, *relations_of(contribution, by))
        draft.order(relations)
    draft.check_ports([container.name for container in containers if container.ports])
    slices = pod.slices.with_containers(contribution)
    if slices:
        draft.spec["terminationGracePeriodSeconds"] = grace_period_seconds(pod.base, slices)
    if slices.pre_stop_sleep > pod.slices.pre_stop_sleep:
        draft.spec["containers"] = with_pre_stop_sleep(draft.spec.get("containers"), pod.base, slices.pre_stop_sleep)
    if contribution.fs_group is not None:
        group: JsonObject = {} if pod.fs_group is None else {"fs_group": pod.fs_group}
        draft.add_single_values(group, {"fs_group": contribution.fs_group}, ())
    readers = pod.readers
    if contribution.reads or contribution.shares:
        readers = (*readers, *readers_of(contribution, by))
    target_ports = pod.target_ports
    if contribution.target_ports:
        draft.stand_in_front(contribution.target_ports)
        draft.add_metadata("annotations", annotations_of(contribution.target_ports))
        target_ports = {**target_ports, **contribution.target_ports}
    return PodTemplate(
        json=draft.json,
        base=pod.base,
        owners=draft.owners,
        relations=relations,
        slices=slices,
        readers=readers,
        fs_group=pod.fs_group if contribution.fs_group is None else contribution.fs_group,
        target_ports=target_ports,
        files=with_files(pod.files, contribution.files, by),
    )


class _Draft:
    """A copy of the pod template down to what a contribution may change, while it is being changed."""

    def __init__(self, pod: PodTemplate, by: object) -> None:
        self.pod = pod
        self.by = by
        self.json: JsonObject = dict(pod.json)
        self.spec: JsonObject = dict(pod.spec)
        self.json["spec"] = self.spec
        self.owners: dict[Place, object] = dict(pod.owners)

    def owner(self, place: Place) -> object:
        return self.owners.get(place, THE_POD)

    def own(self, *place: str) -> None:
        self.owners[place] = self.by

    def append(self, key: str, item: JsonObject) -> None:
        before = self.spec.get(key)
        self.spec[key] = [*before, item] if isinstance(before, list) else [item]

    # --- containers ---------------------------------------------------------------------------------------------

    def add_container(self, container: Container, key: str, restart_policy: str | None = None) -> None:
        for present in self._containers():
            if present.get("name") == container.name:
                holder = self.owner(("container", container.name))
                twice = "is there twice" if holder is self.by else f"is taken by {holder}, and {self.by} wants it too"
                raise Conflict(
                    f"container name {container.name!r} {twice}; names are unique over containers and init "
                    "containers, give one another"
                )
        rendered = container.render_shared() if restart_policy is None else _restarted(container, restart_policy)
        if key == "initContainers" and rendered.get("restartPolicy") != "Always":
            for field in _OF_RUNNING_CONTAINERS & rendered.keys():
                raise InvalidValue(
                    f"init container {container.name!r} must have no {field}, which Kubernetes refuses on what has to "
                    "end before the application starts"
                )
        for volume in container.volumes():
            self.add_volume(volume)
        self.append(key, rendered)
        self.own("container", container.name)

    def _containers(self) -> Iterable[JsonObject]:
        yield from objects_at(self.spec, "initContainers")
        yield from objects_at(self.spec, "containers")

    def check_ports(self, added: Sequence[str]) -> None:
        """Refuse a port of the added containers, those that have ports, where another one has it while both run."""
        if added:
            check_ports(self.spec, added, lambda name: str(self.owner(("container", name))))

    def add_mounts(self, name: str, mounts: Iterable[VolumeMount]) -> None:
        for mount in mounts:
            rendered = mount.render_shared()
            path = normalised_path(mount.mount_path)
            present = next(
                (
                    m
                    for m in objects_at(self._find(name), "volumeMounts")
                    if normalised_path(text_at(m, "mountPath")) == path
                ),
                None,
            )
            if present is not None and present != rendered:
                raise Conflict(
                    f"container {name!r} has {_written(present)} from {self.owner(('mount', name, path))}, and "
                    f"{self.by} wants {_written(rendered)}; one would hide the other: give one another mount_path"
                )
            if isinstance(mount.volume, Volume):
                self.add_volume(mount.volume)
            if present is None:
                self._extend(name, "volumeMounts", rendered)
                self.own("mount", name, path)

    def add_env(self, name: str, variables: Iterable[EnvVar]) -> None:
        for variable in variables:
            rendered = variable.render_shared()
            present = next((e for e in objects_at(self._find(name), "env") if e.get("name") == variable.name), None)
            if present is None:
                self._extend(name, "env", rendered)
                self.own("env", name, variable.name)
            elif present != rendered:
                raise Conflict(
                    f"container {name!r} has the environment variable {variable.name!r} from "
                    f"{self.owner(('env', name, variable.name))}, and {self.by} wants another value; the last one "
                    "would hide the first: set it once"
                )

    def _find(self, name: str) -> JsonObject:
        for container in self._containers():
            if container.get("name") == name:
                return container
        known = ", ".join(repr(text_at(c, "name")) for c in self._containers())
        raise NotFound(f"the pod has no container {name!r}; it has {known}")

    def _extend(self, name: str, key: str, item: JsonObject) -> None:
        """Append ``item`` to a list of the container, on a copy of all that leads there."""
        for group in ("initContainers", "containers"):
            listed = self.spec.get(group)
            if not isinstance(listed, list):
                continue
            for index, container in enumerate(listed):
                if isinstance(container, dict) and container.get("name") == name:
                    before = container.get(key)
                    items: list[Json] = [*before, item] if isinstance(before, list) else [item]
                    changed: JsonObject = {**container, key: items}
                    self.spec[group] = [*listed[:index], changed, *listed[index + 1 :]]
                    return

    # --- the rest of the pod ------------------------------------------------------------------------------------

    def add_volume(self, volume: Volume) -> None:
        rendered = volume.render_shared()
        for present in objects_at(self.spec, "volumes"):
            if present.get("name") == volume.name:
                if present != rendered:
                    raise Conflict(
                        f"volume {volume.name!r} is there already, from {self.owner(('volume', volume.name))}, and "
                        f"{self.by} wants another volume of this name; give one another id"
                    )
                return
        self.append("volumes", rendered)
        self.own("volume", volume.name)

    def add_single_values(self, target: JsonObject, values: Mapping[str, Json], place: Place) -> None:
        for key, value in values.items():
            present = target.get(key)
            here = (*place, key)
            if isinstance(value, dict) and (present is None or isinstance(present, dict)):
                inner = dict(present or {})
                self.add_single_values(inner, value, here)
                target[key] = inner
            elif present is None:
                target[key] = value
                self.own(*here)
            elif present != value:
                raise Conflict(
                    f"{'.'.join(here)} is {present!r}, from {self.owner(here)}, and {self.by} wants {value!r}; a pod "
                    "has one: let both want the same, or leave it to one of them"
                )

    def add_metadata(self, key: str, values: Mapping[str, str]) -> None:
        if not values:
            return
        metadata = dict(object_at(self.json, "metadata"))
        inner = dict(object_at(metadata, key))
        self.add_single_values(inner, values, (key,))
        metadata[key] = inner
        if "metadata" in self.json:
            self.json["metadata"] = metadata
        else:
            self.json = {"metadata": metadata, **self.json}

    def stand_in_front(self, ports: Mapping[int, int]) -> None:
        for behind, before in ports.items():
            taken = self.pod.target_ports.get(behind, before)
            if taken != before:
                raise Conflict(
                    f"port {behind} of the application is behind port {taken} of "
                    f"{self.owner(('target port', str(behind)))} already, and {self.by} wants it behind {before}; "
                    f"stand in front of port {taken}, or leave it to one of them"
                )
            self.own("target port", str(behind))

    def order(self, relations: tuple[Relation, ...]) -> None:
        listed = objects_at(self.spec, "initContainers")
        if relations and listed:
            kept = [text_at(c, "name") for c in objects_at(self.pod.base, "initContainers")]
            by_name = {text_at(c, "name"): c for c in listed}
            if len(by_name) < len(listed):
                raise Conflict("two init containers of the pod have one name; give each its own to order them")
            self.spec["initContainers"] = [by_name[n] for n in ordered(list(by_name), relations, kept)]


def _restarted(container: Container, policy: str) -> JsonObject:
    """The container's JSON with a restart policy where people write it, kept with the container."""

    def make() -> JsonObject:
        rest = {k: v for k, v in container.render_shared().items() if k not in ("name", "image", "restartPolicy")}
        return {"name": container.name, "image": container.image, "restartPolicy": policy, **rest}

    return derived(container, (_restarted, policy), make)


def _written(mount: JsonObject) -> str:
    """A volume mount in one line of a message: ``volume 'logs' on /var/log (readOnly)``."""
    rest = [
        key if value is True else f"{key}={value}" for key, value in mount.items() if key not in ("name", "mountPath")
    ]
    return f"volume {text_at(mount, 'name')!r} on {text_at(mount, 'mountPath')}" + (
        f" ({', '.join(rest)})" if rest else ""
    )

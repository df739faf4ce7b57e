"""The workload that a pattern is placed on: ours, or somebody else's object with a pod template."""

from __future__ import annotations

from typing import cast

from patterns import tree
from patterns.construct_meta import speaking
from patterns.contributors import keep_holder
from patterns.defaults import Defaults
from patterns.errors import InvalidValue, NotFound, PatternError, WrongType
from patterns.model.json import JsonObject, object_at, objects_at, text_at
from patterns.model.value import replace
from patterns.place import is_a, is_scope, target_of
from patterns.pod.contribution import Contribution
from patterns.pod.merge import merge
from patterns.pod.order import check_relations
from patterns.pod.pod_template import PodTemplate, pod_of
from patterns.pod.template import (
    built_in_path,
    ends_by_itself,
    namespace_of,
    pod_paths,
    replaced,
    template_at,
    with_names,
    without_names,
)
from patterns.pod.versions import NEWEST
from patterns.pod.writers import unwritten
from patterns.waiting import Notes, is_made
from patterns.workloads.foreign import ForeignObject, api_object_of, foreign_object
from patterns.workloads.pod_holder import PodHolder

import cdk8s  # isort: skip  # after patterns.place, which finds Node
import constructs  # isort: skip


def workload_of(construct: constructs.IConstruct) -> PodHolder:
    """The nearest workload upwards from ``construct``, which may be one itself.

    Raises:
        NotFound: when there is none, or when it has several pods and none is named by a `PodOf`.
    """
    passed: list[constructs.IConstruct] = []
    without_pods: ForeignObject | None = None
    above: constructs.IConstruct | None = construct
    while above is not None and not is_a(above, cdk8s.Chart):
        if isinstance(above, PodHolder):
            return above
        if isinstance(above, PodOf):
            return above.workload.refreshed(None)
        if is_a(above, cdk8s.ApiObject):
            foreign = foreign_object(cast("cdk8s.ApiObject", above))
            found = _only_pod(foreign)
            if found is not None:
                return found
            without_pods = without_pods or foreign
        passed.append(above)
        above = tree.scope_of(above)
    for candidate in passed:
        # a workload of cdk8s-plus stands beside its object, which is below it
        obj = api_object_of(candidate)
        if obj is not None:
            found = _only_pod(foreign_object(obj))
            if found is not None:
                return found
            without_pods = without_pods or foreign_object(obj)
    if without_pods is not None:
        raise NotFound(f"{without_pods} has no pod template; place the pattern on a workload")
    raise NotFound(
        f"there is no workload at or above {tree.path_of(construct)!r}; place the pattern on one, such as Deployment, "
        "or on an object with a pod template"
    )


def _only_pod(foreign: ForeignObject) -> Attached | None:
    """The one pod of the object; None when it has none."""
    document: JsonObject | None = None
    try:
        document = foreign.read()
        paths = pod_paths(document)
    except NotFound:
        # a cdk8s-plus workload without containers; its kind tells where the pod will be
        path = built_in_path(foreign.obj.api_version, foreign.obj.kind)
        if path is None:
            raise
        paths = [path]
    if len(paths) > 1:
        choice = " or ".join(f"PodOf(obj, {path!r})" for path in paths)
        raise NotFound(f"{foreign} has {len(paths)} pod templates; name one as the scope: {choice}")
    return _attached(foreign, paths[0]).refreshed(document) if paths else None


#: by the object, and the path in it
_every: Notes[dict[str, Attached]] = Notes()


def _attached(foreign: ForeignObject, path: str) -> Attached:
    known = _every.get(foreign.obj) or _every.keep(foreign.obj, {})
    return known.setdefault(path, Attached(foreign, path))


class Attached(PodHolder):
    """The pod of somebody else's object, with everything that patterns contributed to it.

    What was contributed is merged here at once, so that a conflict is raised at the line that brings it, and once more
    when the object is rendered: what its owner changed in between counts.
    """

    ours = False

    def __init__(self, foreign: ForeignObject, path: str) -> None:
        self.foreign = foreign
        self.path = path
        self.contributions: list[tuple[Contribution, object]] = []
        self.pod = pod_of({"spec": {}})
        self.runs_to_completion = False
        #: of the object; an empty one keeps that of the chart out of siblings too
        self.namespace: str | None = ""
        #: whether the object could be rendered, so that its containers are known
        self.readable = False
        self._selector: dict[str, str] = {}

    def __str__(self) -> str:
        return str(self.foreign)

    def refreshed(self, document: JsonObject | None) -> Attached:
        """Itself, with the pod as its owner has it now: in ``document``, where it has been read already."""
        try:
            document = document or self.foreign.read()
            template, _ = with_names(template_at(document, self.path))
        except NotFound:
            kind: JsonObject = {"kind": self.foreign.obj.kind}
            self.runs_to_completion = ends_by_itself(kind, self.path)
            self.namespace = self.foreign.obj.metadata.namespace or ""
            return self
        self.readable = True
        self.runs_to_completion = ends_by_itself(document, self.path)
        self.namespace = namespace_of(document, self.path) or ""
        self.pod, _ = _merged(template, self.contributions)
        if self.path == "/spec/template":
            labels = object_at(document, "spec", "selector", "matchLabels")
            self._selector = {key: value for key, value in labels.items() if isinstance(value, str)}
        return self

    @property
    def pod_selector(self) -> dict[str, str]:
        """Labels that select the workload's pods: its selector's, where it has one, else all of the pod's."""
        return self._selector or super().pod_selector

    @speaking
    def contribute(self, contribution: Contribution, by: object) -> None:
        """Add what a pattern wants to the pod.

        Raises:
            Conflict: when something else stands in that place; both contributors are named.
            NotFound: when a container is named that the pod does not have.
            InvalidValue: for a classic sidecar in a pod that has to end by itself.
        """
        # what goes into containers that are not there yet is looked at when they are
        known = contribution if self.readable else replace(contribution, mounts={}, env={})
        super().contribute(known, by)
        self.contributions.append((contribution, by))
        keep_holder(self.foreign.obj, self)
        self.foreign.join(self.path, self.merged)

    def merged(self, document: JsonObject, path: str) -> tuple[JsonObject, list[str]]:
        """The document with every contribution to the pod, and what does not fit."""
        original = template_at(document, path)
        template, named = with_names(original)
        pod, findings = _merged(template, self.contributions)
        if not findings:
            try:
                check_relations(
                    pod.relations,
                    init_containers=[text_at(c, "name") for c in objects_at(pod.spec, "initContainers")],
                    containers=[text_at(c, "name") for c in objects_at(pod.spec, "containers")],
                )
            except PatternError as error:
                findings.append(str(error))
            findings += unwritten(pod.spec, pod.readers)
        return replaced(document, path, without_names(pod.json, named, original)), findings

    @property
    def application_containers(self) -> tuple[str, ...]:
        """The names of the containers that somebody else gave the pod."""
        if not self.readable:
            raise NotFound(
                f"the containers of {self.foreign} are not known, because it cannot be rendered yet; add them before "
                "the pattern, or name those that it is for"
            )
        return super().application_containers

    @property
    def target(self) -> int:
        """The minor version of the oldest cluster that the manifests are for."""
        return target_of(self.foreign.obj) or NEWEST

    @property
    def kind_and_spec(self) -> tuple[str, JsonObject]:
        """The object's kind, and its own spec as its owner has it now."""
        return self.foreign.obj.kind, object_at(self.foreign.read(), "spec") if self.readable else {}

    def _defaults(self) -> list[Defaults]:
        return tree.defaults_of(self.foreign.obj)


def _merged(template: JsonObject, contributions: list[tuple[Contribution, object]]) -> tuple[PodTemplate, list[str]]:
    pod = pod_of(template)
    findings = []
    for contribution, by in contributions:
        try:
            pod = merge(pod, contribution, by)
        except PatternError as error:
            findings.append(str(error))
    return pod, findings


# --- one pod of several -----------------------------------------------------------------------------------------------


class PodOf(tree.Construct, metaclass=tree.ConstructMeta):
    """Names one pod of an object that has several, as the scope of patterns.

        LoggingSidecar(PodOf(rays, "/spec/headGroupSpec/template"), "log-shipper", logs=logs)

    Args:
        obj: the object, such as an ``ApiObject`` of kind RayCluster or LeaderWorkerSet, or a ``List``.
        path: JSON Pointer (RFC 6901) to the pod template in it.

    Raises:
        NotFound: when there is no pod template; the message lists those that are there.
        InvalidValue: when the object is a workload of this library, which has one pod.
    """

    def __new__(cls, obj: constructs.IConstruct, path: str) -> PodOf:
        """The same construct for the same pod, so that every pattern may name its pod anew."""
        made = (_pods.get(obj) or {}).get(path) if is_made(obj) and isinstance(path, str) else None
        return made if made is not None else super().__new__(cls)

    def __init__(self, obj: constructs.IConstruct, path: str) -> None:
        if not is_scope(obj):
            raise WrongType(
                f"obj must be the object whose pod is meant, such as an ApiObject, got {type(obj).__name__} {obj!r}"
            )
        if not isinstance(path, str):
            raise WrongType(
                f'path must be a JSON Pointer to the pod template, such as "/spec/template", got {type(path).__name__} '
                f"{path!r}"
            )
        if (_pods.get(obj) or {}).get(path) is self:
            return
        if isinstance(obj, PodHolder):
            raise InvalidValue("obj must not be a workload of this library, which is a scope itself")
        super().__init__(cast("constructs.Construct", obj), path.strip("/") or "pod")
        found = api_object_of(obj)
        if found is None:
            raise NotFound(f"{tree.path_of(obj)!r} has no API object")
        foreign = foreign_object(found)
        template_at(foreign.read(), path)
        #: the pod of that name
        self.workload = _attached(foreign, path)
        _pods.keep(obj, {**(_pods.get(obj) or {}), path: self})


#: by the object, and the path in it
_pods: Notes[dict[str, PodOf]] = Notes()

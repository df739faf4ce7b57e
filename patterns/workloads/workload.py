"""What our own workloads share: one pod template, its labels, its security, and what patterns contribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from patterns.construct_meta import speaking
from patterns.contributors import keep_holder
from patterns.defaults import Default, Defaults
from patterns.errors import Conflict, InvalidValue, PatternError
from patterns.findings import tell_findings
from patterns.manifest import Manifest, is_method
from patterns.model import Container, Json, JsonObject, Security
from patterns.model.json import objects_at, text_at
from patterns.model.names import check_annotations, check_labels, dns_subdomain
from patterns.model.plain_json import plain_object
from patterns.place import chart_of, defaults_of, join, path_of, target_of
from patterns.pod.contribution import Contribution
from patterns.pod.merge import merge
from patterns.pod.mounts import with_fs_group
from patterns.pod.order import check_relations
from patterns.pod.pod_template import pod_of
from patterns.pod.versions import NEWEST
from patterns.pod.writers import unwritten
from patterns.replacements import checked
from patterns.tree import object_name
from patterns.workloads.application import check_restart_policies, check_sleeps
from patterns.workloads.container_security import secured
from patterns.workloads.labels import recommended
from patterns.workloads.pod_holder import PodHolder
from patterns.workloads.selectors import keep_selector, shared_selector
from patterns.workloads.spec import spec_of

if TYPE_CHECKING:
    from constructs import Construct

#: the types of those that find their pods by labels
_SELECTING = frozenset({"DeploymentSpec", "StatefulSetSpec", "DaemonSetSpec"})
#: keys of a pod spec that people write last; the others stand before them in order of arrival
_LAST = ("initContainers", "containers", "volumes")


class Workload(Manifest, PodHolder):
    """A Pod, or an object with a pod template, that was made by this library.

    Args:
        containers: the application containers.
        init_containers: containers that run before them, in this order; native sidecars with
            ``restart_policy="Always"``.
        security: Pod Security of the pod and of every application container, except for the fields that its own
            ``security_context`` says; ``restricted`` by default, opened field by field
            (``Security(run_as_non_root=False)``). ``None`` renders nothing.
            https://kubernetes.io/docs/concepts/security/pod-security-standards/
        service_account_name: of the pod.
        automount_service_account_token: ``False`` by default, but left to Kubernetes where a
            ``service_account_name`` is given; ``None`` renders nothing.
        termination_grace_period_seconds: whole seconds that the application needs to stop; default Kubernetes' 30.
            What patterns need for their native sidecars is added to it.
        share_process_namespace: the containers see each other's processes; a container's first process is then not
            process 1, which the kernel shields from signals that it does not handle.
        pod_labels: of the pod template, beside the derived ones.
        pod_annotations: of the pod template.
        pod_spec: everything else of the pod spec, in Kubernetes' own JSON; it may add, never overwrite.
        selector: labels that select the pods, instead of the derived ones; they are put on the pods too.
        recommended_labels: render ``app.kubernetes.io/name`` and ``/instance`` on the object and on its pods.
        name: ``metadata.name``; default the name that the chart generates.
        namespace: default the chart's.
        labels: of the object, beside the derived ones and the chart's.
        annotations: of the object.
        defaults: replacements of the library's defaults, for the patterns of this workload.
    """

    #: the Kubernetes type that ``spec=`` is checked against
    spec_type: ClassVar[str] = ""
    ours = True
    runs_to_completion = False

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api_version: str,
        kind: str,
        containers: Sequence[Container],
        init_containers: Sequence[Container],
        restart_policy: str | None,
        security: Security | Default[Security] | None,
        service_account_name: str | None,
        automount_service_account_token: bool | Default[bool] | None,
        termination_grace_period_seconds: int | None,
        share_process_namespace: bool | None,
        pod_labels: Mapping[str, str] | None,
        pod_annotations: Mapping[str, str] | None,
        pod_spec: JsonObject | None,
        selector: Mapping[str, str] | None,
        recommended_labels: bool,
        name: str | None,
        namespace: str | None,
        labels: Mapping[str, str] | None,
        annotations: Mapping[str, str] | None,
        defaults: Defaults | None,
    ) -> None:
        self._patterns_replacements = checked(defaults)
        known = name
        if not known:
            known = self._patterns_object_name = object_name(chart_of(scope), join(path_of(scope), id), kind)
        derived = recommended(id, known) if recommended_labels and known else {}
        super().__init__(
            scope,
            id,
            api_version=api_version,
            kind=kind,
            body={},
            name=name,
            namespace=namespace,
            labels={**derived, **(labels or {})},
            annotations=annotations,
        )
        if recommended_labels and not known:
            # only Node knows the names of a chart that generates them by itself
            derived = recommended(id, self.name)
            for key, value in derived.items():
                self.metadata.add_label(key, value)
        #: labels that every pod of this workload has, and that do not change with a version
        self.selector: dict[str, str] = dict(selector) if selector is not None else derived
        if self.selects and not self.selector:
            given = "hold a label at least" if selector is not None else "be given where recommended_labels is False"
            raise InvalidValue(f"selector must {given}: the pods need a label")
        chosen = self.default(security)
        token = self.default(automount_service_account_token)
        if service_account_name and isinstance(automount_service_account_token, Default):
            token = None
        spec = spec_of(
            {
                "restartPolicy": restart_policy,
                "terminationGracePeriodSeconds": termination_grace_period_seconds,
                "shareProcessNamespace": share_process_namespace,
                "serviceAccountName": service_account_name,
                "automountServiceAccountToken": token,
                "securityContext": (chosen.pod().render() or None) if chosen else None,
            },
            pod_spec,
            "pod_spec",
            "PodSpec",
        )
        for key, option in (("containers", "containers"), ("initContainers", "init_containers")):
            if key in spec:
                raise InvalidValue(f"pod_spec must not hold {key!r}; write them as values: {option}=[Container(...)]")
        if not containers:
            raise InvalidValue("containers must hold at least one Container; Kubernetes refuses a pod without")
        check_restart_policies(containers, init_containers, self.target)
        for option, group in (("containers", containers), ("init_containers", init_containers)):
            check_sleeps(group, option, spec.get("terminationGracePeriodSeconds"))
        check_labels(pod_labels or {}, "pod_labels")
        check_labels(self.selector, "selector")
        _check_selected(self.selector if self.selects else {}, pod_labels or {})
        check_annotations(pod_annotations or {}, "pod_annotations")
        if service_account_name is not None:
            dns_subdomain(service_account_name, "service_account_name")
        metadata: JsonObject = {}
        pod_labels = {**derived, **self.selector, **(pod_labels or {})}
        if pod_labels:
            metadata["labels"] = {**pod_labels}
        if pod_annotations:
            metadata["annotations"] = {**pod_annotations}
        template: JsonObject = {"metadata": plain_object(metadata), "spec": spec} if metadata else {"spec": spec}
        application = Contribution(
            init_containers=[secured(container, chosen) for container in init_containers],
            sidecars=[secured(container, chosen) for container in containers],
            native=False,
        )
        self.pod = pod_of(merge(pod_of(template), application, self).json)
        self._patterns_has_pod_spec = bool(pod_spec)
        # a bare Pod has none
        self._patterns_spec: JsonObject = {}
        keep_holder(self, self)
        keep_selector(self)
        tell_findings(self)

    def __str__(self) -> str:
        return f"{type(self).__name__} {path_of(self)!r}"

    @property
    def pod_selector(self) -> dict[str, str]:
        """Labels that select the workload's pods; empty where it has none."""
        return self.selector

    @property
    def selects(self) -> bool:
        """Whether it finds its pods by labels, as Deployments do."""
        return self.spec_type in _SELECTING

    @property
    def target(self) -> int:
        """The minor version of the oldest cluster that the manifests are for."""
        return target_of(self) or NEWEST

    @property
    def kind_and_spec(self) -> tuple[str, JsonObject]:
        """The workload's kind, and its own spec as it stands now."""
        return self.kind, self._patterns_spec

    def _defaults(self) -> list[Defaults]:
        own = [self._patterns_replacements] if self._patterns_replacements else []
        return [*own, *defaults_of(self)]

    @speaking
    def set_spec(self, spec: JsonObject | None, /, **fields: Json) -> None:
        """Keep the workload's own spec: its options in Kubernetes' names, and what ``spec=`` has besides."""
        for key in ("template", "jobTemplate"):
            if key in (spec or {}):
                raise InvalidValue(f"spec must not hold {key!r}; the pod is told by the options of the workload")
        self._patterns_spec = spec_of(fields, spec, "spec", self.spec_type)
        if spec or self._patterns_has_pod_spec:
            # options were checked one by one; what Kubernetes' own JSON brings is judged here, at the user's line
            self.check_early()

    def render_body(self) -> JsonObject:
        """The object besides ``apiVersion``, ``kind`` and ``metadata``."""
        return plain_object(self._body_with(self.pod_template()))

    def pod_template(self) -> JsonObject:
        """The pod template as it is rendered: ``metadata`` and ``spec``."""
        # whoever gets it may change it, and parts of the pod's JSON stand in other pods too
        return plain_object(self._shared_template(), "pod_template()")

    def _shared_body(self) -> JsonObject:
        ours = is_method(self.render_body, Workload.render_body) and is_method(self.pod_template, Workload.pod_template)
        return self._body_with(self._shared_template()) if ours else plain_object(self.render_body())

    def _body_with(self, template: JsonObject) -> JsonObject:
        return {"spec": {**self._patterns_spec, "template": template}}

    def _shared_template(self) -> JsonObject:
        """The pod template, which is plain JSON, and must not be changed."""
        spec = with_fs_group(self.pod.spec, self.pod.fs_group)
        ordered = {key: value for key, value in spec.items() if key not in _LAST}
        ordered.update({key: spec[key] for key in _LAST if key in spec})
        return {**self.pod.json, "spec": ordered}

    def findings(self) -> list[str]:
        """What can only be seen when all patterns are there."""
        spec = self.pod.spec
        try:
            check_relations(
                self.pod.relations,
                init_containers=[text_at(c, "name") for c in objects_at(spec, "initContainers")],
                containers=[text_at(c, "name") for c in objects_at(spec, "containers")],
            )
        except PatternError as error:
            return [str(error)]
        return [*unwritten(spec, self.pod.readers), *shared_selector(self)]


def _check_selected(selector: Mapping[str, str], pod_labels: Mapping[str, str]) -> None:
    for key, value in selector.items():
        if pod_labels.get(key, value) != value:
            raise Conflict(
                f"pod_labels sets {key!r} to {pod_labels[key]!r}, but the selector wants {value!r}: the pods would "
                "not be found; leave it out, or give a selector="
            )

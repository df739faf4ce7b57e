"""A bare Pod: for tutorials and tests, since nothing makes it again when its node goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from patterns.defaults import AUTOMOUNT_SERVICE_ACCOUNT_TOKEN, WORKLOAD_SECURITY, Default, Defaults
from patterns.errors import Conflict
from patterns.model import Container, JsonObject, Security
from patterns.model.json import object_at
from patterns.workloads.workload import Workload

if TYPE_CHECKING:
    from constructs import Construct


class Pod(Workload):
    """A Pod without a controller. https://kubernetes.io/docs/concepts/workloads/pods/

    Args:
        restart_policy: ``"Always"`` (Kubernetes' default), ``"OnFailure"`` or ``"Never"``.
        The others are those of every workload: see `Workload`.

    Raises:
        InvalidValue: for a number, name or field that Kubernetes refuses.
        Conflict: when ``spec`` or ``pod_spec`` sets what an option has set.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        init_containers: Sequence[Container] = (),
        restart_policy: Literal["Always", "OnFailure", "Never"] | None = None,
        security: Security | Default[Security] | None = WORKLOAD_SECURITY,
        service_account_name: str | None = None,
        automount_service_account_token: bool | Default[bool] | None = AUTOMOUNT_SERVICE_ACCOUNT_TOKEN,
        termination_grace_period_seconds: int | None = None,
        share_process_namespace: bool | None = None,
        pod_labels: Mapping[str, str] | None = None,
        pod_annotations: Mapping[str, str] | None = None,
        pod_spec: JsonObject | None = None,
        recommended_labels: bool = True,
        name: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        defaults: Defaults | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            api_version="v1",
            kind="Pod",
            containers=containers,
            init_containers=init_containers,
            restart_policy=restart_policy,
            security=security,
            service_account_name=service_account_name,
            automount_service_account_token=automount_service_account_token,
            termination_grace_period_seconds=termination_grace_period_seconds,
            share_process_namespace=share_process_namespace,
            pod_labels=pod_labels,
            pod_annotations=pod_annotations,
            pod_spec=pod_spec,
            selector=None,
            recommended_labels=recommended_labels,
            name=name,
            namespace=namespace,
            labels=labels,
            annotations=annotations,
            defaults=defaults,
        )
        self.runs_to_completion = restart_policy in ("OnFailure", "Never")
        for key, value in (pod_labels or {}).items():
            if (labels or {}).get(key, value) != value:
                raise Conflict(f"labels and pod_labels of a Pod are the same, and both set {key!r}; set it once")
        self._change_shared(self._with_metadata_of_the_pod)
        if pod_spec:
            self.check_early()

    def _body_with(self, template: JsonObject) -> JsonObject:
        # the template's labels and annotations are those of the object
        return {"spec": template["spec"]}

    def _with_metadata_of_the_pod(self, document: JsonObject) -> JsonObject:
        metadata = {**object_at(document, "metadata")}
        for key in ("labels", "annotations"):
            of_the_pod = object_at(self.pod.json, "metadata", key)
            if of_the_pod:
                metadata[key] = {**object_at(metadata, key), **of_the_pod}
        return {**document, "metadata": metadata}

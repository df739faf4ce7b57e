"""A StatefulSet: pods with a name and a disk of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from patterns.construct_meta import speaking
from patterns.defaults import AUTOMOUNT_SERVICE_ACCOUNT_TOKEN, WORKLOAD_SECURITY, Default, Defaults
from patterns.errors import Conflict, InvalidValue
from patterns.model import Container, JsonObject, Security
from patterns.model.json import objects_at, text_at
from patterns.model.names import dns_label, whole_number
from patterns.pod.contribution import Contribution
from patterns.workloads.spec import present
from patterns.workloads.volume_claim import VolumeClaim
from patterns.workloads.workload import Workload

if TYPE_CHECKING:
    from constructs import Construct


class StatefulSet(Workload):
    """Keeps pods that are not interchangeable. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/

    Args:
        service_name: name of the headless Service that gives each pod its DNS name; required before Kubernetes 1.34.
        volume_claims: a disk for each pod, mounted by ``claim.mount("/data")``.
        replicas: how many pods; Kubernetes' default is 1.
        pod_management_policy: ``"OrderedReady"`` (Kubernetes' default) or ``"Parallel"``.
        update_strategy: ``"RollingUpdate"`` (Kubernetes' default) or ``"OnDelete"``.
        partition: of a rolling update: pods below this ordinal keep the old version.
        min_ready_seconds: whole seconds that a new pod must be ready before it counts as available.
        revision_history_limit: how many old revisions are kept.
        selector: replaces the derived selector, which cannot be changed once the object is in a cluster.
        spec: everything else of the StatefulSet's spec, in Kubernetes' own JSON; it may add, never overwrite.
        The others are those of every workload: see `Workload`.

    Raises:
        InvalidValue: for a number, name or field that Kubernetes refuses.
        Conflict: when ``spec`` or ``pod_spec`` sets what an option has set.
    """

    spec_type = "StatefulSetSpec"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        init_containers: Sequence[Container] = (),
        service_name: str | None = None,
        volume_claims: Sequence[VolumeClaim] = (),
        replicas: int | None = None,
        pod_management_policy: Literal["OrderedReady", "Parallel"] | None = None,
        update_strategy: Literal["RollingUpdate", "OnDelete"] | None = None,
        partition: int | None = None,
        min_ready_seconds: int | None = None,
        revision_history_limit: int | None = None,
        selector: Mapping[str, str] | None = None,
        security: Security | Default[Security] | None = WORKLOAD_SECURITY,
        service_account_name: str | None = None,
        automount_service_account_token: bool | Default[bool] | None = AUTOMOUNT_SERVICE_ACCOUNT_TOKEN,
        termination_grace_period_seconds: int | None = None,
        share_process_namespace: bool | None = None,
        pod_labels: Mapping[str, str] | None = None,
        pod_annotations: Mapping[str, str] | None = None,
        pod_spec: JsonObject | None = None,
        spec: JsonObject | None = None,
        recommended_labels: bool = True,
        name: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        defaults: Defaults | None = None,
    ) -> None:
        names = [claim.name for claim in volume_claims]
        for name_ in names:
            if names.count(name_) > 1:
                raise Conflict(f"volume_claims holds {name_!r} twice; give one another name")
        if service_name is not None:
            dns_label(service_name, "service_name")
        if update_strategy == "OnDelete" and partition is not None:
            raise InvalidValue("update_strategy 'OnDelete' takes no partition; leave it out")
        whole_number(partition, "partition")
        self._patterns_claims = frozenset(names)
        super().__init__(
            scope,
            id,
            api_version="apps/v1",
            kind="StatefulSet",
            containers=containers,
            init_containers=init_containers,
            restart_policy=None,
            security=security,
            service_account_name=service_account_name,
            automount_service_account_token=automount_service_account_token,
            termination_grace_period_seconds=termination_grace_period_seconds,
            share_process_namespace=share_process_namespace,
            pod_labels=pod_labels,
            pod_annotations=pod_annotations,
            pod_spec=pod_spec,
            selector=selector,
            recommended_labels=recommended_labels,
            name=name,
            namespace=namespace,
            labels=labels,
            annotations=annotations,
            defaults=defaults,
        )
        rolling = present(partition=partition)
        update_strategy = update_strategy or ("RollingUpdate" if rolling else None)
        self.set_spec(
            spec,
            serviceName=service_name,
            replicas=replicas,
            podManagementPolicy=pod_management_policy,
            minReadySeconds=min_ready_seconds,
            revisionHistoryLimit=revision_history_limit,
            updateStrategy=present(type=update_strategy, rollingUpdate=rolling or None) or None,
            selector={"matchLabels": {**self.selector}},
            volumeClaimTemplates=[claim.render() for claim in volume_claims] or None,
        )
        self._check_volumes()

    @speaking
    def contribute(self, contribution: Contribution, by: object) -> None:
        """Add what a pattern wants to the pod.

        Raises:
            Conflict: when something else stands in that place, or a volume has the name of a claim.
            NotFound: when a container is named that the pod does not have.
            InvalidValue: for a volume mount that no container can have.
        """
        super().contribute(contribution, by)
        self._check_volumes()

    def _check_volumes(self) -> None:
        for volume in objects_at(self.pod.spec, "volumes"):
            name = text_at(volume, "name")
            if name in self._patterns_claims:
                raise Conflict(
                    f"volume {name!r} of {self.pod.owner('volume', name)} has the name of a volume claim, which "
                    "Kubernetes puts in its place; give one of them another name"
                )

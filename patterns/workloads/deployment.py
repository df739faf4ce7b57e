"""A Deployment: interchangeable pods, rolled to a new version one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from patterns.defaults import AUTOMOUNT_SERVICE_ACCOUNT_TOKEN, WORKLOAD_SECURITY, Default, Defaults
from patterns.errors import InvalidValue
from patterns.model import Container, JsonObject, Security
from patterns.workloads.rollout import check_amount, check_progress, is_zero
from patterns.workloads.spec import present
from patterns.workloads.workload import Workload

if TYPE_CHECKING:
    from constructs import Construct


class Deployment(Workload):
    """Keeps a number of equal pods. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/

    Args:
        replicas: how many pods; Kubernetes' default is 1. Leave it out where an autoscaler sets it.
        strategy: ``"RollingUpdate"`` (Kubernetes' default) or ``"Recreate"``, which stops the old pods first.
        max_surge, max_unavailable: of a rolling update; a number or a percentage such as ``"25%"``.
        min_ready_seconds: whole seconds that a new pod must be ready before it counts as available.
        revision_history_limit: how many old ReplicaSets are kept.
        progress_deadline_seconds: whole seconds after which a roll-out counts as failed.
        selector: replaces the derived selector, which cannot be changed once the object is in a cluster.
        spec: everything else of the Deployment's spec, in Kubernetes' own JSON; it may add, never overwrite.
        The others are those of every workload: see `Workload`.

    Raises:
        InvalidValue: for a number, name or field that Kubernetes refuses.
        Conflict: when ``spec`` or ``pod_spec`` sets what an option has set.
    """

    spec_type = "DeploymentSpec"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        init_containers: Sequence[Container] = (),
        replicas: int | None = None,
        strategy: Literal["RollingUpdate", "Recreate"] | None = None,
        max_surge: int | str | None = None,
        max_unavailable: int | str | None = None,
        min_ready_seconds: int | None = None,
        revision_history_limit: int | None = None,
        progress_deadline_seconds: int | None = None,
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
        if strategy == "Recreate" and (max_surge is not None or max_unavailable is not None):
            raise InvalidValue("strategy 'Recreate' takes no max_surge and no max_unavailable; leave them out")
        check_amount(max_surge, "max_surge", capped=False)
        check_amount(max_unavailable, "max_unavailable", capped=True)
        check_progress(min_ready_seconds, progress_deadline_seconds)
        if is_zero(max_surge) and is_zero(max_unavailable):
            raise InvalidValue("max_surge and max_unavailable must not both be 0: no pod could ever be replaced")
        super().__init__(
            scope,
            id,
            api_version="apps/v1",
            kind="Deployment",
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
        rolling = present(maxSurge=max_surge, maxUnavailable=max_unavailable)
        strategy = strategy or ("RollingUpdate" if rolling else None)
        self.set_spec(
            spec,
            replicas=replicas,
            minReadySeconds=min_ready_seconds,
            revisionHistoryLimit=revision_history_limit,
            progressDeadlineSeconds=progress_deadline_seconds,
            strategy=present(type=strategy, rollingUpdate=rolling or None) or None,
            selector={"matchLabels": {**self.selector}},
        )

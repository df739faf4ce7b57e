"""A Job: pods that run until they succeed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from patterns.defaults import AUTOMOUNT_SERVICE_ACCOUNT_TOKEN, WORKLOAD_SECURITY, Default, Defaults
from patterns.model import Container, JsonObject, Security
from patterns.workloads.completions import check_completions, check_generated_labels
from patterns.workloads.workload import Workload

if TYPE_CHECKING:
    from constructs import Construct


class Job(Workload):
    """Runs pods to completion; a sidecar here is a native one, which ends with the Job. https://kubernetes.io/docs/concepts/workloads/controllers/job/

    Args:
        restart_policy: ``"Never"`` (a failed pod stays to be looked at, and a new one is made) or ``"OnFailure"``.
        backoff_limit: how many failures are taken; Kubernetes' default is 6.
        completions, parallelism, completion_mode: how many pods have to succeed, how many run at once, and whether
            each has its index.
        active_deadline_seconds: whole seconds after which the Job is ended as failed, init containers included.
        ttl_seconds_after_finished: whole seconds after which a finished Job is deleted.
        suspend: made, but not started.
        spec: everything else of the Job's spec, in Kubernetes' own JSON; it may add, never overwrite.
        The others are those of every workload: see `Workload`.

    Raises:
        InvalidValue: for a number, name or field that Kubernetes refuses.
        Conflict: when ``spec`` or ``pod_spec`` sets what an option has set.
    """

    spec_type = "JobSpec"
    runs_to_completion = True

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        init_containers: Sequence[Container] = (),
        restart_policy: Literal["Never", "OnFailure"] = "Never",
        backoff_limit: int | None = None,
        completions: int | None = None,
        parallelism: int | None = None,
        completion_mode: Literal["NonIndexed", "Indexed"] | None = None,
        active_deadline_seconds: int | None = None,
        ttl_seconds_after_finished: int | None = None,
        suspend: bool | None = None,
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
        super().__init__(
            scope,
            id,
            api_version="batch/v1",
            kind="Job",
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
        self.set_spec(
            spec,
            backoffLimit=backoff_limit,
            completions=completions,
            parallelism=parallelism,
            completionMode=completion_mode,
            activeDeadlineSeconds=active_deadline_seconds,
            ttlSecondsAfterFinished=ttl_seconds_after_finished,
            suspend=suspend,
        )
        check_completions(self._patterns_spec, self.name)
        if self._patterns_spec.get("manualSelector") is not True:
            check_generated_labels(pod_labels or {}, self.name)

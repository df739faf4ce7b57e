"""A CronJob: a Job again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from patterns.defaults import AUTOMOUNT_SERVICE_ACCOUNT_TOKEN, WORKLOAD_SECURITY, Default, Defaults
from patterns.errors import InvalidValue
from patterns.model import Container, JsonObject, Security
from patterns.workloads.completions import check_completions
from patterns.workloads.schedule import check_schedule, check_time_zone
from patterns.workloads.spec import spec_of
from patterns.workloads.workload import Workload

if TYPE_CHECKING:
    from constructs import Construct


class CronJob(Workload):
    """Makes a Job at the times of its schedule. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/

    Args:
        schedule: five fields of cron, or ``"@hourly"`` and the like; the time zone is ``time_zone``, never ``TZ=``.
        time_zone: an IANA name such as ``"Europe/Berlin"``; Kubernetes' default is that of its controller.
        concurrency_policy: what happens when the one before still runs: ``"Allow"`` (Kubernetes' default), ``"Forbid"``
            or ``"Replace"``.
        starting_deadline_seconds: whole seconds that a start may be late before it is skipped.
        successful_jobs_history_limit, failed_jobs_history_limit: how many finished Jobs are kept; Kubernetes' 3 and 1.
        suspend: no new Jobs are made.
        restart_policy: ``"Never"`` (a failed pod stays to be looked at, and a new one is made) or ``"OnFailure"``.
        backoff_limit: how many failures are taken; Kubernetes' default is 6.
        completions, parallelism, completion_mode: how many pods have to succeed, how many run at once, and whether
            each has its index.
        active_deadline_seconds: whole seconds after which the Job is ended as failed, init containers included.
        ttl_seconds_after_finished: whole seconds after which a finished Job is deleted.
        spec: everything else of the CronJob's spec, in Kubernetes' own JSON; it may add, never overwrite.
        job_spec: likewise of the Job's spec.
        The others are those of every workload: see `Workload`.

    Raises:
        InvalidValue: for a number, name or field that Kubernetes refuses.
        Conflict: when ``spec`` or ``pod_spec`` sets what an option has set.
    """

    spec_type = "CronJobSpec"
    runs_to_completion = True

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        init_containers: Sequence[Container] = (),
        schedule: str,
        time_zone: str | None = None,
        concurrency_policy: Literal["Allow", "Forbid", "Replace"] | None = None,
        starting_deadline_seconds: int | None = None,
        successful_jobs_history_limit: int | None = None,
        failed_jobs_history_limit: int | None = None,
        suspend: bool | None = None,
        restart_policy: Literal["Never", "OnFailure"] = "Never",
        backoff_limit: int | None = None,
        completions: int | None = None,
        parallelism: int | None = None,
        completion_mode: Literal["NonIndexed", "Indexed"] | None = None,
        active_deadline_seconds: int | None = None,
        ttl_seconds_after_finished: int | None = None,
        security: Security | Default[Security] | None = WORKLOAD_SECURITY,
        service_account_name: str | None = None,
        automount_service_account_token: bool | Default[bool] | None = AUTOMOUNT_SERVICE_ACCOUNT_TOKEN,
        termination_grace_period_seconds: int | None = None,
        share_process_namespace: bool | None = None,
        pod_labels: Mapping[str, str] | None = None,
        pod_annotations: Mapping[str, str] | None = None,
        pod_spec: JsonObject | None = None,
        spec: JsonObject | None = None,
        job_spec: JsonObject | None = None,
        recommended_labels: bool = True,
        name: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        defaults: Defaults | None = None,
    ) -> None:
        check_schedule(schedule)
        if time_zone is not None:
            check_time_zone(time_zone)
        super().__init__(
            scope,
            id,
            api_version="batch/v1",
            kind="CronJob",
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
        if isinstance(job_spec, Mapping) and "template" in job_spec:
            raise InvalidValue("job_spec must not hold 'template'; the pod is told by the options of the CronJob")
        self._patterns_job_spec = spec_of(
            {
                "backoffLimit": backoff_limit,
                "completions": completions,
                "parallelism": parallelism,
                "completionMode": completion_mode,
                "activeDeadlineSeconds": active_deadline_seconds,
                "ttlSecondsAfterFinished": ttl_seconds_after_finished,
            },
            job_spec,
            "job_spec",
            "JobSpec",
        )
        check_completions(self._patterns_job_spec, self.name, of_cron_job=True)
        self.set_spec(
            spec,
            schedule=schedule,
            timeZone=time_zone,
            concurrencyPolicy=concurrency_policy,
            startingDeadlineSeconds=starting_deadline_seconds,
            successfulJobsHistoryLimit=successful_jobs_history_limit,
            failedJobsHistoryLimit=failed_jobs_history_limit,
            suspend=suspend,
        )

    def _body_with(self, template: JsonObject) -> JsonObject:
        job: JsonObject = {**self._patterns_job_spec, "template": template}
        return {"spec": {**self._patterns_spec, "jobTemplate": {"spec": job}}}

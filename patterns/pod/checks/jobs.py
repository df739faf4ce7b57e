"""Rules for the specs of Jobs."""

from __future__ import annotations

from patterns.model.json import JsonObject, object_at, text_at
from patterns.pod.checks.reading import number
from patterns.pod.checks.rule import Outcome, Problem, Problems, object_rule
from patterns.pod.checks.subject import Object, Steps, entries

_BATCH = "kubernetes: pkg/apis/batch/validation/validation.go"
_COUNTS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)
#: labels and selectors that the server makes for every Job
_GENERATED = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")


def job_of(obj: Object) -> tuple[Steps, JsonObject] | None:
    """Where the spec of the Job is, in a Job or a CronJob."""
    if obj.group != "batch":
        return None
    if obj.kind == "Job":
        return ("spec",), obj.spec
    if obj.kind == "CronJob":
        return ("spec", "jobTemplate", "spec"), object_at(obj.spec, "jobTemplate", "spec")
    return None


@object_rule(
    "job-restart-policy",
    Outcome.REFUSED,
    source=f"{_BATCH} validateJobSpec",
    whole=True,
    kinds=("batch/Job", "batch/CronJob"),
)
def job_restart_policy(obj: Object) -> Problems:
    """Pods that have to end are not always started again, which is the default: the Job has to say so."""
    found = job_of(obj)
    if found is None:
        return
    path, spec = found
    policy = text_at(spec, "template", "spec", "restartPolicy")
    where: Steps = (*path, "template", "spec", "restartPolicy")
    if policy not in ("OnFailure", "Never"):
        message = f"restartPolicy must be OnFailure or Never in a Job, got {policy or 'none'}"
        yield Problem(where, message, "write restartPolicy: Never")
    elif policy != "Never" and spec.get("podFailurePolicy") is not None:
        message = f"restartPolicy must be Never beside podFailurePolicy, got {policy}"
        yield Problem(where, message, "write restartPolicy: Never")


@object_rule("job-count", Outcome.REFUSED, source=f"{_BATCH} validateJobSpec", kinds=("batch/Job", "batch/CronJob"))
def job_count(obj: Object) -> Problems:
    """There are no fewer than no pods, tries or seconds."""
    found = job_of(obj)
    if found is not None:
        path, spec = found
        for field in _COUNTS:
            value = number(spec.get(field))
            if value is not None and value < 0:
                yield Problem((*path, field), f"{field} must not be negative, got {value}", "write 0 or more")


@object_rule("indexed-job", Outcome.REFUSED, source=f"{_BATCH} validateJobSpec", kinds=("batch/Job", "batch/CronJob"))
def indexed_job(obj: Object) -> Problems:
    """What is told for each index belongs to an Indexed Job, which knows how many there are."""
    found = job_of(obj)
    if found is None:
        return
    path, spec = found
    mode = text_at(spec, "completionMode")
    if mode not in ("", "Indexed", "NonIndexed"):
        message = f"completionMode must be Indexed or NonIndexed, got {mode!r}"
        yield Problem((*path, "completionMode"), message, "choose one of them")
        return
    if mode == "Indexed":
        # where neither is told, the server makes both 1 in a Job, and not in the Jobs of a CronJob
        told = spec.get("parallelism") is not None or obj.kind == "CronJob"
        if spec.get("completions") is None and told:
            message = "completions must be given in an Indexed Job, got none"
            yield Problem((*path, "completions"), message, "write how many indexes there are")
        parallelism = number(spec.get("parallelism"))
        if parallelism is not None and parallelism > 100_000:
            message = f"parallelism must be at most 100000 in an Indexed Job, got {parallelism}"
            yield Problem((*path, "parallelism"), message, "lower it")
        completions, failed = number(spec.get("completions")), number(spec.get("maxFailedIndexes"))
        if completions is not None and failed is not None and failed > completions:
            message = f"maxFailedIndexes must be at most completions ({completions}), got {failed}"
            yield Problem((*path, "maxFailedIndexes"), message, "lower it")
    else:
        for field in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
            if spec.get(field) is not None:
                message = f"{field} must only be set in an Indexed Job"
                yield Problem((*path, field), message, "write completionMode: Indexed")
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None and mode == "Indexed":
        message = "backoffLimitPerIndex must be given beside maxFailedIndexes, got none"
        yield Problem((*path, "backoffLimitPerIndex"), message, "write how often an index is tried again")


@object_rule(
    "pod-failure-policy",
    Outcome.REFUSED,
    source=f"{_BATCH} validatePodFailurePolicyRule",
    kinds=("batch/Job", "batch/CronJob"),
)
def pod_failure_policy(obj: Object) -> Problems:
    """A rule of the policy says what to do, and on which exit codes or conditions."""
    found = job_of(obj)
    if found is None:
        return
    path, spec = found
    for at, rule in entries(object_at(spec, "podFailurePolicy").get("rules")):
        where: Steps = (*path, "podFailurePolicy", "rules", at)
        action = text_at(rule, "action")
        if action not in ("FailJob", "FailIndex", "Ignore", "Count"):
            message = f"action must be FailJob, FailIndex, Ignore or Count, got {action!r}"
            yield Problem((*where, "action"), message, "choose one of them")
        codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions")
        if (codes is None) == (not conditions):
            message = "a rule must have onExitCodes or onPodConditions, and not both"
            yield Problem(where, message, "keep one of them")
        if isinstance(codes, dict):
            operator, values = text_at(codes, "operator"), codes.get("values")
            if operator not in ("In", "NotIn"):
                message = f"operator must be In or NotIn, got {operator!r}"
                yield Problem((*where, "onExitCodes", "operator"), message, "choose one of them")
            elif isinstance(values, list) and operator == "In" and 0 in values:
                message = "values must not hold 0 with In: a container that exits with 0 has not failed"
                yield Problem((*where, "onExitCodes", "values"), message, "take it out")


@object_rule("generated-job-label", Outcome.REFUSED, source=f"{_BATCH} ValidateGeneratedSelector", kinds=("batch/Job",))
def generated_job_label(obj: Object) -> Problems:
    """The server gives every Job labels of its own; what was copied from a cluster has those of another one."""
    if obj.spec.get("manualSelector") is True:
        return
    labels = object_at(obj.spec, "template", "metadata", "labels")
    for key in _GENERATED:
        name = key.endswith("job-name")
        if key in labels and not (name and labels[key] == obj.name):
            message = f"label {key} must be left to the server, got {labels[key]!r}"
            yield Problem(("spec", "template", "metadata", "labels", key), message, "take it out")
    if obj.spec.get("selector") is not None:
        message = "selector must be left to the server, unless manualSelector is true"
        yield Problem(("spec", "selector"), message, "take it out")

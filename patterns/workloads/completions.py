"""How many pods of a Job have to succeed, and what that asks of its name and labels."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.errors import InvalidValue
from patterns.model import JsonObject

#: pods of an Indexed Job that may run at once: `maxParallelismForIndexedJob` of `pkg/apis/batch/validation`
_MOST_AT_ONCE = 100_000
#: labels that the server gives to the pods of every Job
_GENERATED = ("job-name", "controller-uid", "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid")


def check_completions(spec: JsonObject, name: str, *, of_cron_job: bool = False) -> None:
    """Refuse an Indexed Job that the server refuses.

    https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode

    Args:
        spec: of the Job, in Kubernetes' own names.
        name: of the object.
        of_cron_job: the Jobs are made by a CronJob, and have its name and the minute of their start.

    Raises:
        InvalidValue: without ``completions``, for too many pods at once, and for a name that is too long for the host
            names of its pods.
    """
    if spec.get("completionMode") != "Indexed":
        return
    completions, parallelism = spec.get("completions"), spec.get("parallelism")
    if completions is None and (parallelism is not None or of_cron_job):
        raise InvalidValue("completions must be given where completion_mode is 'Indexed': how many indexes there are")
    if isinstance(parallelism, int) and parallelism > _MOST_AT_ONCE:
        raise InvalidValue(
            f"parallelism must be at most {_MOST_AT_ONCE} where completion_mode is 'Indexed', got {parallelism}"
        )
    last = max(completions - 1, 0) if isinstance(completions, int) else 0
    host = f"{name}-{'0' * 8 if of_cron_job else ''}{'-' if of_cron_job else ''}{last}"
    if completions != 0 and (len(host) > 63 or "." in name):
        room = 63 - (len(host) - len(name))
        raise InvalidValue(
            f"name must be at most {room} characters without a dot where completion_mode is 'Indexed' and completions "
            f"{last + 1}, since host names of pods end in their index, got {len(name)}: {name!r}"
        )


def check_generated_labels(labels: Mapping[str, str], name: str) -> None:
    """Refuse labels that the server gives to the pods of a Job by itself.

    Raises:
        InvalidValue: for one of them with another value than the server's.
    """
    for key in _GENERATED:
        if key in labels and not (key.endswith("job-name") and labels[key] == name):
            raise InvalidValue(
                f"pod_labels must not hold {key!r}, which Kubernetes gives to the pods of a Job by itself; leave it out"
            )

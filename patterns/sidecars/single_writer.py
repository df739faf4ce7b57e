"""Whether a workload ever runs two pods at one time."""

from __future__ import annotations

from patterns.errors import InvalidValue
from patterns.model import JsonObject
from patterns.model.json import object_at, text_at


def check_single(kind: str, spec: JsonObject) -> None:
    """Raises: InvalidValue for a workload that may run two pods at one time, with what to write instead.

    A Deployment's rolling update starts the new pod before the old one has ended.
    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment

    Args:
        kind: of the workload.
        spec: of the workload; of a kind that is not Kubernetes' own nothing is known.
    """
    replicas = spec.get("replicas")
    if isinstance(replicas, int) and replicas > 1:
        raise InvalidValue(
            f"the workload must have one replica, got {replicas}: two writers destroy the backup; write replicas=1"
        )
    if kind == "DaemonSet":
        raise InvalidValue("the workload must have one pod, and a DaemonSet has one on every node; use a StatefulSet")
    if kind == "Deployment" and text_at(object_at(spec, "strategy"), "type") != "Recreate":
        raise InvalidValue(
            "the workload must never run two pods at one time, and a Deployment's rolling update does: two writers "
            'destroy the backup; write strategy="Recreate", or use a StatefulSet'
        )
    if kind == "Job" and spec.get("parallelism") not in (None, 0, 1):
        raise InvalidValue(f"the workload must run one pod at a time, got parallelism {spec['parallelism']}")
    if kind == "CronJob" and spec.get("concurrencyPolicy") != "Forbid":
        raise InvalidValue('the workload must run one pod at a time; write concurrency_policy="Forbid"')

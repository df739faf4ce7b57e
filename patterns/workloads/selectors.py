"""Workloads of one chart whose pods have the same labels, so that each takes the other's for its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patterns.place import chart_of, path_of
from patterns.waiting import Notes

if TYPE_CHECKING:
    from patterns.workloads.workload import Workload

#: by the chart, and in it by namespace and labels: keys of plain text, which Python's collector need not walk through
_workloads: Notes[dict[tuple[str, ...], list[Workload]]] = Notes()


def keep_selector(workload: Workload) -> None:
    """Remember by which labels the workload's pods are found."""
    if workload.selector:
        _of_same_labels(workload).append(workload)


def shared_selector(workload: Workload) -> list[str]:
    """What to say where a workload before it has pods of the same labels; nothing where neither selects any.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
    """
    for other in _of_same_labels(workload):
        if other is workload:
            break
        if (workload.selects or other.selects) and (workload.kind, workload.name) != (other.kind, other.name):
            shown = ", ".join(f"{key}={value}" for key, value in workload.selector.items())
            return [
                f"its pods have the labels {shown}, and so have those of {type(other).__name__} {path_of(other)!r}: a "
                "selector of one finds the pods of both; give one of them another id, another name= or a selector= of "
                "its own"
            ]
    return []


def _of_same_labels(workload: Workload) -> list[Workload]:
    chart = chart_of(workload)
    of_chart = _workloads.get(chart) or _workloads.keep(chart, {})
    labels = (part for label in sorted(workload.selector.items()) for part in label)
    return of_chart.setdefault((workload.namespace or "", *labels), [])

"""Workloads of one chart whose pods have the same labels, so that each takes the other's for its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from patterns.place import chart_of, path_of
from patterns.waiting import Notes

if TYPE_CHECKING:
    from patterns.workloads.workload import Workload

#: by the chart, and in it by namespace, labels and a number for each that has them: keys of plain text, and no list for
#: the many that are alone with theirs, leave Python's collector less to walk through
_workloads: Notes[dict[tuple[str | int, ...], Workload]] = Notes()


def keep_selector(workload: Workload) -> None:
    """Remember by which labels the workload's pods are found."""
    if workload.selector:
        known = _of_same_chart(workload)
        key = _key(workload)
        number = next(at for at in count() if (*key, at) not in known)
        known[*key, number] = workload


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


def _of_same_labels(workload: Workload) -> Iterator[Workload]:
    known = _of_same_chart(workload)
    key = _key(workload)
    for number in count():
        other = known.get((*key, number))
        if other is None:
            return
        yield other


def _of_same_chart(workload: Workload) -> dict[tuple[str | int, ...], Workload]:
    chart = chart_of(workload)
    known = _workloads.get(chart)
    return _workloads.keep(chart, {}) if known is None else known


def _key(workload: Workload) -> tuple[str, ...]:
    return (workload.namespace or "", *(part for label in sorted(workload.selector.items()) for part in label))

"""Which construct brought a container into the pod of an object, so that a finding can name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from patterns.place import AnyConstruct, path_of
from patterns.waiting import Notes, is_made

if TYPE_CHECKING:
    from patterns.pod.pod_template import PodTemplate


class HasPod(Protocol):
    """Whoever holds a pod and who contributed to it."""

    pod: PodTemplate


#: each workload of ours, which holds its pod itself
_own: Notes[HasPod] = Notes()
#: who holds pods of somebody else's objects
_holders: Notes[list[HasPod]] = Notes()


def keep_own_pod(workload: HasPod) -> None:
    """Remember that the API object holds its pod itself."""
    _own.keep(workload, workload)


def keep_holder(obj: AnyConstruct, holder: HasPod) -> None:
    """Remember who holds a pod of somebody else's API object."""
    known = _holders.get(obj) or _holders.keep(obj, [])
    if holder not in known:
        known.append(holder)


def path_of_contributor(obj: AnyConstruct, container: str) -> str:
    """The path of the construct that brought the container; the object's own path where nobody did."""
    own = _own.get(obj)
    holders = (_holders.get(obj) or []) if own is None else [own]
    for holder in holders:
        owner = holder.pod.owner("container", container)
        if is_made(owner):
            return path_of(owner)  # type: ignore[arg-type]  # what jsii made is a construct
    return path_of(obj)

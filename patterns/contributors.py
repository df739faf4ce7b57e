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


_holders: Notes[list[HasPod]] = Notes()


def keep_holder(obj: AnyConstruct, holder: HasPod) -> None:
    """Remember who holds a pod of the API object."""
    known = _holders.get(obj) or _holders.keep(obj, [])
    if holder not in known:
        known.append(holder)


def path_of_contributor(obj: AnyConstruct, container: str) -> str:
    """The path of the construct that brought the container; the object's own path where nobody did."""
    for holder in _holders.get(obj) or ():
        owner = holder.pod.owner("container", container)
        if is_made(owner):
            return path_of(owner)  # type: ignore[arg-type]  # what jsii made is a construct
    return path_of(obj)

"""The start order of init containers and native sidecars: as declared, bent only by relations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from patterns.errors import Conflict, NotFound
from patterns.pod.contribution import Contribution


class Relation(NamedTuple):
    """``first`` starts before ``second``, because ``by`` asked for it."""

    first: str
    second: str
    by: object


def relations_of(contribution: Contribution, by: object) -> list[Relation]:
    """What a contribution says of the start order; its own containers keep theirs, whatever others ask for."""
    mine = [c.name for c in (*contribution.init_containers, *contribution.sidecars)]
    starting = mine if contribution.native else mine[: len(contribution.init_containers)]
    return [
        *(Relation(first, second, by) for first, second in pairwise(starting)),
        *(Relation(name, other, by) for name in mine for other in contribution.before),
        *(Relation(other, name, by) for name in mine for other in contribution.after),
    ]


def ordered(names: Sequence[str], relations: Iterable[Relation], kept: Sequence[str] = ()) -> list[str]:
    """The ``names`` in their own order; what has to start earlier is moved to just before what waits for it.

    Args:
        names: init containers and native sidecars in order of declaration.
        relations: pairs; those that speak of a name which is not there are passed over.
        kept: names whose order among each other is somebody else's and never changes.

    Raises:
        Conflict: when the relations, with the kept order, go round in a circle.
    """
    present = set(names)
    wanted = [r for r in relations if r.first in present and r.second in present]
    wanted += [Relation(a, b, "the order in which the pod lists them") for a, b in pairwise(kept)]
    if not wanted:
        return list(names)
    result: list[str] = []
    for name in names:
        _place(name, names, wanted, [], result)
    return result


def _place(
    name: str, names: Sequence[str], relations: Sequence[Relation], waiting: Sequence[str], result: list[str]
) -> None:
    """Append the name to the result, after all that has to start before it."""
    if name in waiting:
        raise Conflict(_circle([*waiting[waiting.index(name) :], name], relations))
    first = {relation.first for relation in relations if relation.second == name}
    for earlier in names:
        if earlier in first and earlier not in result:
            _place(earlier, names, relations, [*waiting, name], result)
    if name not in result:
        result.append(name)


def _circle(waiting: Sequence[str], wanted: Sequence[Relation]) -> str:
    """Each of the names waits for the next one, and the last is the first again: tell the round, and who asked."""
    circle = waiting[::-1]
    steps = set(pairwise(circle))
    askers = {f"{r.by} asks for {r.first!r} before {r.second!r}" for r in wanted if (r.first, r.second) in steps}
    return (
        f"the start order goes round in a circle: {' -> '.join(circle)}; {'; '.join(sorted(askers))}; "
        "take one of before= and after= away"
    )


def check_relations(
    relations: Iterable[Relation], *, init_containers: Iterable[str], containers: Iterable[str]
) -> None:
    """Refuse a relation that names nobody, or an order that Kubernetes does not keep.

    All init containers and native sidecars start before every container of ``containers``, and those start at
    about the same time: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/

    Raises:
        NotFound: when a name is not in the pod.
        Conflict: when a container of ``containers`` has to start before another one.
    """
    starting, running = set(init_containers), set(containers)
    for relation in relations:
        for name in (relation.first, relation.second):
            if name not in starting and name not in running:
                known = ", ".join(sorted(starting | running))
                raise NotFound(
                    f"{relation.by} is ordered against {name!r}, which the pod does not have; it has {known}"
                )
        if relation.first in running:
            raise Conflict(
                f"{relation.by} asks for {relation.first!r} before {relation.second!r}, but {relation.first!r} is no "
                "init container or native sidecar, and Kubernetes starts all those first and all other containers "
                "at about the same time; make it a native sidecar, or take the relation away"
            )

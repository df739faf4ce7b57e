"""What a rule is: one function that looks at a part of an object and tells what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from patterns.pod.checks.subject import Container, Object, Objects, Pod, PodContainer, Steps


class Outcome(StrEnum):
    """What happens to an object that breaks the rule."""

    #: the API server does not take it
    REFUSED = "refused"
    #: the API server takes it, and the pod does not start, or does not do what it says
    BROKEN = "broken"
    #: the API server takes it with a warning
    WARNED = "warned"
    #: legal, works, and still a trap
    OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, as a rule tells it.

    Args:
        path: from the part that the rule looks at to the value that is wrong.
        message: what must be, and what was found, as a sentence without a period: ``"mountPath must not be empty"``.
            Containers are named before it; the path stands beside it, so it need not be repeated.
        fix: what to do, as an imperative.
        of: the object that is wrong; only rules of all objects tell it.
    """

    path: Steps
    message: str
    fix: str
    of: Object | None = None


Problems: TypeAlias = Iterator[Problem]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its name and its consequence.

    Args:
        id: in words, stable: ``duplicate-mount-path``.
        outcome: what Kubernetes does.
        source: where the rule stands: a page of kubernetes.io, a KEP, or a file and function of Kubernetes.
        whole: the rule needs everything that others may still add: it is not asked while a pod is being composed, nor
            of pods that somebody's controller completes.
        why: the reason, for the reference.
        check: the function.
    """

    id: str
    outcome: Outcome
    source: str
    whole: bool
    why: str
    check: Callable[..., Problems]
    #: the part that it looks at: Container, PodContainer, Pod, Object or Objects
    part: type
    #: the kinds of objects that it looks at (``Pod``, ``batch/Job``), or the fields of a container or a pod's spec
    #: without which it has nothing to look at; empty where it always has
    only: frozenset[str] = frozenset()


#: `pkg/apis/core/validation/validation.go` of Kubernetes 1.37
VALIDATION = "kubernetes: pkg/apis/core/validation/validation.go"
#: `pkg/api/pod/warnings.go` of Kubernetes 1.37
WARNINGS = "kubernetes: pkg/api/pod/warnings.go"


def container_rule(
    id: str, outcome: Outcome, *, source: str, whole: bool = False, fields: Iterable[str] = ()
) -> Callable[[Callable[[Container], Problems]], Rule]:
    """Make a rule of a function that looks at one container, init container or ephemeral container, and at nothing
    beside it.

    With ``fields``, only at those that have one of them.
    """
    return _maker(id, outcome, source, whole, Container, fields)


def pod_container_rule(
    id: str, outcome: Outcome, *, source: str, whole: bool = False, fields: Iterable[str] = ()
) -> Callable[[Callable[[PodContainer], Problems]], Rule]:
    """Make a rule of a function that looks at a container and the rest of its pod.

    With ``fields``, only at containers that have one of them.
    """
    return _maker(id, outcome, source, whole, PodContainer, fields)


def pod_rule(
    id: str, outcome: Outcome, *, source: str, whole: bool = False, fields: Iterable[str] = ()
) -> Callable[[Callable[[Pod], Problems]], Rule]:
    """Make a rule of a function that looks at one pod, or pod template.

    With ``fields``, only at those whose ``spec`` has one of them.
    """
    return _maker(id, outcome, source, whole, Pod, fields)


def object_rule(
    id: str, outcome: Outcome, *, source: str, whole: bool = False, kinds: Iterable[str] = ()
) -> Callable[[Callable[[Object], Problems]], Rule]:
    """Make a rule of a function that looks at one API object.

    With ``kinds``, only at objects of one of them: ``Pod``, or with its group ``batch/Job``.
    """
    return _maker(id, outcome, source, whole, Object, kinds)


def objects_rule(id: str, outcome: Outcome, *, source: str) -> Callable[[Callable[[Objects], Problems]], Rule]:
    """Make a rule of a function that looks at all objects together; its problems name the object they are about."""
    return _maker(id, outcome, source, True, Objects)


def _maker(
    id: str, outcome: Outcome, source: str, whole: bool, part: type, only: Iterable[str] = ()
) -> Callable[[Callable[..., Problems]], Rule]:
    def make(check: Callable[..., Problems]) -> Rule:
        return Rule(id, outcome, source, whole, (check.__doc__ or "").strip(), check, part, frozenset(only))

    return make

"""What a team's objects are judged by: the cluster's version, Pod Security, and whether opinions are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, cast

from patterns.errors import InvalidValue
from patterns.model.json import JsonObject, object_at, text_at
from patterns.pod.checks.image_facts import KNOWN, FactsByRepository, ImageFacts, by_repository, known_facts
from patterns.pod.checks.judge import Finding
from patterns.pod.checks.pod_security import Level, violations
from patterns.pod.checks.rule import Outcome
from patterns.pod.checks.subject import NEWEST, OLDEST, Object

_LABEL = "pod-security.kubernetes.io/enforce"
_LEVELS = ("privileged", "baseline", "restricted")


class Enforced(NamedTuple):
    """What a namespace enforces: a level, in a version of the standard."""

    level: Level
    minor: int


@dataclass(frozen=True, kw_only=True)
class Standards:
    """How objects are judged.

    Args:
        target: the minor version of the oldest cluster that they are for.
        opinions: whether findings that are only our opinion are told.
        pod_security: the level that every namespace enforces; ``None`` for what `Namespace` objects say.
        image_facts: what a team knows of its own images, beside the table; it goes before the table.
    """

    target: int = NEWEST
    opinions: bool = False
    pod_security: Level | None = None
    image_facts: Sequence[ImageFacts] = ()

    @cached_property
    def _facts(self) -> FactsByRepository:
        return by_repository([*self.image_facts, *KNOWN]) if self.image_facts else known_facts()

    def object(self, json: JsonObject) -> Object:
        """An object as rules look at it."""
        return Object(json, target=self.target, facts=self._facts)

    def enforced_by(self, namespaces: Iterable[Object]) -> Mapping[str, Enforced]:
        """What each `Namespace` among the objects enforces, by its name; nothing where a level holds for all."""
        found: dict[str, Enforced] = {}
        for obj in namespaces if self.pod_security is None else ():
            labels = object_at(obj.metadata, "labels")
            level = text_at(labels, _LABEL)
            if obj.is_a("Namespace") and level in _LEVELS:
                version = re.fullmatch(r"v1\.([0-9]+)", text_at(labels, f"{_LABEL}-version"))
                minor = int(version[1]) if version else self.target
                found[obj.name] = Enforced(cast("Level", level), minor)
        return found

    def pod_security_findings(self, obj: Object, namespaces: Mapping[str, Enforced]) -> Iterator[Finding]:
        """What Pod Security forbids in the object's pods.

        Args:
            obj: the object.
            namespaces: what namespaces enforce, by their name.
        """
        asked = Enforced(self.pod_security, self.target) if self.pod_security else namespaces.get(obj.namespace)
        if asked is None or asked.level == "privileged":
            return
        # the server refuses the pod itself; where the object only makes pods, it is taken, and they are refused
        outcome = Outcome.REFUSED if obj.is_a("Pod") else Outcome.BROKEN
        for pod in obj.pods:
            for rule, problem in violations(pod, asked.level, asked.minor):
                yield Finding(
                    rule=rule,
                    outcome=outcome,
                    path=(*pod.path, *problem.path),
                    message=f"{problem.message} (Pod Security {asked.level} of 1.{asked.minor})",
                    fix=problem.fix,
                    object=obj,
                )


def minor_version(target: str) -> int:
    """``"1.33"`` as 33.

    Raises:
        InvalidValue: for a version that the rules do not know.
    """
    match = re.fullmatch(r"v?1\.([0-9]{1,3})(?:\.[0-9]+)?", target)
    if match is None or not OLDEST <= int(match[1]) <= NEWEST:
        raise InvalidValue(f"target must be a Kubernetes version from 1.{OLDEST} to 1.{NEWEST}, got {target!r}")
    return int(match[1])

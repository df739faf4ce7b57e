"""What a team's objects are judged by: the cluster's version, Pod Security, and facts about its own images."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from patterns.errors import InvalidValue
from patterns.model.json import JsonObject
from patterns.pod.checks.judge import Finding
from patterns.pod.checks.subject import NEWEST, OLDEST, Object

Level: TypeAlias = Literal["privileged", "baseline", "restricted"]


@dataclass(frozen=True, kw_only=True)
class Standards:
    """How objects are judged.

    Args:
        target: the minor version of the oldest cluster that they are for.
        opinions: whether findings that are only our opinion are told.
        pod_security: the level that every namespace enforces; ``None`` for what `Namespace` objects say.
    """

    target: int = NEWEST
    opinions: bool = False
    pod_security: Level | None = None

    def object(self, json: JsonObject) -> Object:
        """An object as rules look at it."""
        return Object(json, target=self.target)

    def pod_security_findings(self, objects: Sequence[Object]) -> Iterator[Finding]:
        """What the Pod Security levels of the objects' namespaces forbid."""
        return iter(())

    def pod_security_together(self, objects: Sequence[Object]) -> Iterator[Finding]:
        """What the levels that `Namespace` objects ask for forbid."""
        return iter(())


def minor_version(target: str) -> int:
    """``"1.33"`` as 33.

    Raises:
        InvalidValue: for a version that the rules do not know.
    """
    match = re.fullmatch(r"v?1\.([0-9]{1,3})(?:\.[0-9]+)?", target)
    if match is None or not OLDEST <= int(match[1]) <= NEWEST:
        raise InvalidValue(f"target must be a Kubernetes version from 1.{OLDEST} to 1.{NEWEST}, got {target!r}")
    return int(match[1])

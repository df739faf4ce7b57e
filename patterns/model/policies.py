"""When a container is restarted or resized."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.json import Json, JsonObject
from patterns.model.names import whole_number
from patterns.model.value import dataclass


@dataclass(frozen=True, kw_only=True)
class ResizePolicy(ApiValue):
    """What happens to a container when one of its resources is changed in place.

    On by default since Kubernetes 1.33, and stable since 1.35.

    Args:
        resource_name: ``"cpu"`` or ``"memory"``.
        restart_policy: ``"NotRequired"`` or ``"RestartContainer"``.
    """

    kubernetes: ClassVar[str] = "ContainerResizePolicy"
    resource_name: Literal["cpu", "memory"] = field(kw_only=False)
    restart_policy: Literal["NotRequired", "RestartContainer"] = field(kw_only=False)


@dataclass(frozen=True, kw_only=True)
class RestartRule(ApiValue):
    """Which exit codes do something else than ``restart_policy``. On by default since Kubernetes 1.35 (KEP-5307).

    Args:
        operator: ``"In"`` or ``"NotIn"`` the ``values``.
        values: exit codes, 0-255.
        action: ``"Restart"``; since Kubernetes 1.36 also ``"RestartAllContainers"`` of the pod.
    """

    kubernetes: ClassVar[str] = "ContainerRestartRule"
    json_names: ClassVar[Mapping[str, str]] = {"operator": "", "values": ""}
    also: ClassVar[Mapping[str, str]] = {"exitCodes": "values"}
    operator: Literal["In", "NotIn"]
    values: Sequence[int]
    action: Literal["Restart", "RestartAllContainers"] = "Restart"

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= 255:
            raise InvalidValue(f"values must hold 1-255 exit codes, got {len(self.values)}")
        for index, code in enumerate(self.values):
            whole_number(code, f"values[{index}]", 0, 255)
        if len(set(self.values)) < len(self.values):
            raise InvalidValue("values must have each exit code once")

    def render(self) -> JsonObject:
        """The rule as it stands in ``restartPolicyRules``."""
        values: list[Json] = list(self.values)
        return {**super().render(), "exitCodes": {"operator": self.operator, "values": values}}

"""How long a pod needs to stop, from what each of its containers needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from patterns.model import JsonObject
from patterns.pod.contribution import Contribution

#: what Kubernetes takes where a pod says nothing
DEFAULT_GRACE_PERIOD_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Slices:
    """Seconds asked for by contributed containers: native sidecars one after the other, classic ones side by side."""

    native: Mapping[str, int] = field(default_factory=dict)
    classic: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.native or self.classic)

    def with_containers(self, contribution: Contribution) -> Slices:
        """These slices and those of one more contribution."""
        wanted = contribution.grace_seconds
        if not wanted:
            return self
        if contribution.native:
            return Slices(native={**self.native, **wanted}, classic=self.classic)
        return Slices(native=self.native, classic={**self.classic, **wanted})


def grace_period_seconds(spec: JsonObject, slices: Slices) -> int:
    """The whole pod's ``terminationGracePeriodSeconds``: what the application has, and the slices on top.

    At deletion every application and classic container gets its signal at once; when the last of them has ended,
    native sidecars get theirs one at a time, in reverse order, each waiting for the one before. What is spent early
    is missing late: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#termination-with-sidecars

    Args:
        spec: the pod spec before anybody contributed; its own value (or Kubernetes' 30) is the application's slice.
        slices: what contributed containers ask for.
    """
    own = spec.get("terminationGracePeriodSeconds")
    application = own if isinstance(own, int) and not isinstance(own, bool) else DEFAULT_GRACE_PERIOD_SECONDS
    return max(application, *slices.classic.values(), 0) + sum(slices.native.values())

"""How long a pod needs to stop, from what each of its containers needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from patterns.model import Json, JsonObject
from patterns.model.json import object_at, objects_at
from patterns.pod.contribution import Contribution

#: what Kubernetes takes where a pod says nothing
DEFAULT_GRACE_PERIOD_SECONDS = 30


class Slices(NamedTuple):
    """Seconds asked for by contributed containers: native sidecars one after the other, classic ones side by side."""

    native: Mapping[str, int] = {}
    classic: Mapping[str, int] = {}
    #: for which the application sleeps before its own stop signal
    pre_stop_sleep: int = 0

    def __bool__(self) -> bool:
        return bool(self.native or self.classic or self.pre_stop_sleep)

    def with_containers(self, contribution: Contribution) -> Slices:
        """These slices and those of one more contribution."""
        wanted = contribution.grace_seconds
        sleep = max(self.pre_stop_sleep, contribution.pre_stop_sleep)
        if not wanted and sleep == self.pre_stop_sleep:
            return self
        native, classic = (wanted, {}) if contribution.native else ({}, wanted)
        return Slices(native={**self.native, **native}, classic={**self.classic, **classic}, pre_stop_sleep=sleep)


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
    if any(_sleeps(container) for container in objects_at(spec, "containers")):
        # a hook runs within the grace period: https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
        application += slices.pre_stop_sleep
    return max(application, *slices.classic.values(), 0) + sum(slices.native.values())


def with_pre_stop_sleep(containers: Json, application: JsonObject, seconds: int) -> Json:
    """The pod's ``containers``, those of the application with a hook that sleeps, where they have none of their own.

    Args:
        containers: of the pod spec.
        application: the pod spec before anybody contributed.
        seconds: to sleep; 0 changes nothing.
    """
    if not seconds or not isinstance(containers, list):
        return containers
    sleeping = [container.get("name") for container in objects_at(application, "containers") if _sleeps(container)]
    hook: JsonObject = {"sleep": {"seconds": seconds}}
    return [
        {**each, "lifecycle": {**object_at(each, "lifecycle"), "preStop": hook}}
        if isinstance(each, dict) and each.get("name") in sleeping
        else each
        for each in containers
    ]


def _sleeps(container: JsonObject) -> bool:
    """Whether a hook may be given to the container: it has none."""
    return "preStop" not in object_at(container, "lifecycle")

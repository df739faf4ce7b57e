"""What the containers that a workload is made with may not be."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.errors import InvalidValue
from patterns.model import Container, Json, Sleep
from patterns.pod.grace import DEFAULT_GRACE_PERIOD_SECONDS

#: the first version that keeps a container's own restart policy (KEP-5307)
_OWN_RESTART_POLICIES = 35


def check_restart_policies(containers: Sequence[Container], init_containers: Sequence[Container], target: int) -> None:
    """Refuse a restart policy that does not do what it says.

    Args:
        target: the minor version of the oldest cluster.

    Raises:
        InvalidValue: for ``"Always"`` among ``containers``, which makes no sidecar there, and for any other policy
            before Kubernetes 1.35, which refuses or forgets it.
    """
    for index, container in enumerate(containers):
        if container.restart_policy == "Always":
            raise InvalidValue(
                f"containers[{index}]: restart_policy of {container.name!r} must not be 'Always', which makes native "
                f"sidecars of init containers alone; write it in init_containers=, or as Sidecar(..., "
                f"{container.name!r}, container=...)"
            )
    for option, group in (("containers", containers), ("init_containers", init_containers)):
        for index, container in enumerate(group):
            policy = container.restart_policy
            if policy in ("Never", "OnFailure") and target < _OWN_RESTART_POLICIES:
                raise InvalidValue(
                    f"{option}[{index}]: restart_policy of {container.name!r} must be left out in Kubernetes "
                    f"1.{target}, got {policy!r}; a container has its own since 1.{_OWN_RESTART_POLICIES}"
                )


def check_sleeps(containers: Sequence[Container], option: str, grace: Json) -> None:
    """Refuse a hook that sleeps longer than the application has to stop; the server refuses it.

    https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/

    Args:
        option: where the containers were given.
        grace: the application's ``terminationGracePeriodSeconds``; ``None`` is Kubernetes' 30.

    Raises:
        InvalidValue: for the first one.
    """
    whole = grace if isinstance(grace, int) else DEFAULT_GRACE_PERIOD_SECONDS
    for index, container in enumerate(containers):
        hooks = container.lifecycle
        for what, hook in (("post_start", hooks.post_start), ("pre_stop", hooks.pre_stop)) if hooks else ():
            if isinstance(hook, Sleep) and hook.seconds > whole:
                raise InvalidValue(
                    f"{option}[{index}]: {what} of {container.name!r} must sleep at most the "
                    f"termination_grace_period_seconds of {whole}, got {hook.seconds}; "
                    f"write termination_grace_period_seconds={hook.seconds + 10} or more"
                )

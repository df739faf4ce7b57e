"""A DaemonSet: one pod on each node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from patterns.defaults import AUTOMOUNT_SERVICE_ACCOUNT_TOKEN, WORKLOAD_SECURITY, Default, Defaults
from patterns.errors import InvalidValue
from patterns.model import Container, JsonObject, Security
from patterns.model.json import object_at
from patterns.workloads.rollout import check_amount, is_zero
from patterns.workloads.spec import present
from patterns.workloads.workload import Workload

if TYPE_CHECKING:
    from constructs import Construct


class DaemonSet(Workload):
    """Keeps one pod on every node that it may run on. https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/

    Args:
        update_strategy: ``"RollingUpdate"`` (Kubernetes' default) or ``"OnDelete"``.
        max_surge, max_unavailable: of a rolling update; a number or a percentage such as ``"10%"``. One of the two is
            0; Kubernetes' defaults are 0 and 1. With ``max_surge`` the new pod of a node starts before the old stops.
        min_ready_seconds: whole seconds that a new pod must be ready before it counts as available.
        revision_history_limit: how many old revisions are kept.
        selector: replaces the derived selector, which cannot be changed once the object is in a cluster.
        spec: everything else of the DaemonSet's spec, in Kubernetes' own JSON; it may add, never overwrite.
        The others are those of every workload: see `Workload`.

    Raises:
        InvalidValue: for a number, name or field that Kubernetes refuses.
        Conflict: when ``spec`` or ``pod_spec`` sets what an option has set.
    """

    spec_type = "DaemonSetSpec"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        init_containers: Sequence[Container] = (),
        update_strategy: Literal["RollingUpdate", "OnDelete"] | None = None,
        max_surge: int | str | None = None,
        max_unavailable: int | str | None = None,
        min_ready_seconds: int | None = None,
        revision_history_limit: int | None = None,
        selector: Mapping[str, str] | None = None,
        security: Security | Default[Security] | None = WORKLOAD_SECURITY,
        service_account_name: str | None = None,
        automount_service_account_token: bool | Default[bool] | None = AUTOMOUNT_SERVICE_ACCOUNT_TOKEN,
        termination_grace_period_seconds: int | None = None,
        share_process_namespace: bool | None = None,
        pod_labels: Mapping[str, str] | None = None,
        pod_annotations: Mapping[str, str] | None = None,
        pod_spec: JsonObject | None = None,
        spec: JsonObject | None = None,
        recommended_labels: bool = True,
        name: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        defaults: Defaults | None = None,
    ) -> None:
        if update_strategy == "OnDelete" and (max_surge is not None or max_unavailable is not None):
            raise InvalidValue("update_strategy 'OnDelete' takes no max_surge and no max_unavailable; leave them out")
        check_amount(max_surge, "max_surge", capped=True)
        check_amount(max_unavailable, "max_unavailable", capped=True)
        super().__init__(
            scope,
            id,
            api_version="apps/v1",
            kind="DaemonSet",
            containers=containers,
            init_containers=init_containers,
            restart_policy=None,
            security=security,
            service_account_name=service_account_name,
            automount_service_account_token=automount_service_account_token,
            termination_grace_period_seconds=termination_grace_period_seconds,
            share_process_namespace=share_process_namespace,
            pod_labels=pod_labels,
            pod_annotations=pod_annotations,
            pod_spec=pod_spec,
            selector=selector,
            recommended_labels=recommended_labels,
            name=name,
            namespace=namespace,
            labels=labels,
            annotations=annotations,
            defaults=defaults,
        )
        rolling = present(maxSurge=max_surge, maxUnavailable=max_unavailable)
        _check_one_of(max_surge, max_unavailable, object_at(spec or {}, "updateStrategy", "rollingUpdate"))
        update_strategy = update_strategy or ("RollingUpdate" if rolling else None)
        self.set_spec(
            spec,
            minReadySeconds=min_ready_seconds,
            revisionHistoryLimit=revision_history_limit,
            updateStrategy=present(type=update_strategy, rollingUpdate=rolling or None) or None,
            selector={"matchLabels": {**self.selector}},
        )


def _check_one_of(max_surge: int | str | None, max_unavailable: int | str | None, more: JsonObject) -> None:
    """Of the two exactly one is not 0, since a node has one pod; what ``spec=`` brings is judged with it."""
    if "maxSurge" in more or "maxUnavailable" in more:
        return
    if max_surge is not None and not is_zero(max_surge) and not is_zero(max_unavailable):
        raise InvalidValue(
            f"max_surge must not be given where max_unavailable is not 0, got {max_surge!r}; write max_unavailable=0"
        )
    if is_zero(max_unavailable) and (max_surge is None or is_zero(max_surge)):
        raise InvalidValue(
            "max_unavailable must not be 0 where max_surge is 0, its default: no pod could ever be replaced"
        )

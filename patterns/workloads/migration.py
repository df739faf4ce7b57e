"""A Job that changes a database's schema once per rollout."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from patterns.defaults import AUTOMOUNT_SERVICE_ACCOUNT_TOKEN, WORKLOAD_SECURITY, Default, Defaults
from patterns.errors import InvalidValue
from patterns.model import Container, JsonObject, Security
from patterns.place import chart_of, join, path_of
from patterns.tree import object_name
from patterns.workloads.job import Job

if TYPE_CHECKING:
    from constructs import Construct

#: the name of its pods is the Job's with six letters more, and a label has 63
_LONGEST_NAME = 57
_HASH = 10


class Migration(Job):
    """Changes a database's schema once per rollout, however many replicas the application has.

    A Job with the hash of what it runs (its containers, and ``revision``) behind its name: the same image and command
    are the same Job, which has run already; another image is another Job, and runs once. Pods that need the new schema
    wait for it, ``WaitFor(web, "wait-for-schema", until=JobComplete(name=migration.name))``, and because its name
    stands in their template, they roll with it. Pods of the version before still run meanwhile: a migration only adds
    (expand) what they do not know, and takes away (contract) what nobody needs a rollout later.

    Its credentials are its own: those that may change the schema are in its container alone. No
    ``ttlSecondsAfterFinished`` is rendered: the Job has to be there for pods that start a month later. Old Jobs go with
    pruning. https://kubernetes.io/docs/concepts/workloads/controllers/job/

    Patterns may be placed on it, such as a ``WaitFor`` of the database. They are no part of the hash, and a Job cannot
    be changed: change ``revision`` with them.

    Args:
        containers: what runs; one that has to be safe to run again, because a Job may start a pod twice.
        revision: further text that makes it another Job.
        backoff_limit: how many failures are taken.
        active_deadline_seconds: whole seconds after which it is ended as failed, and waiting pods say so.
        The others are those of `Job`.

    Raises:
        InvalidValue: for a number, name or field that Kubernetes refuses.
        Conflict: when ``spec`` or ``pod_spec`` sets what an option has set.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        init_containers: Sequence[Container] = (),
        revision: str = "",
        backoff_limit: int = 3,
        active_deadline_seconds: int = 600,
        security: Security | Default[Security] | None = WORKLOAD_SECURITY,
        service_account_name: str | None = None,
        automount_service_account_token: bool | Default[bool] | None = AUTOMOUNT_SERVICE_ACCOUNT_TOKEN,
        termination_grace_period_seconds: int | None = None,
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
        if "ttlSecondsAfterFinished" in (spec or {}):
            raise InvalidValue(
                "spec must not hold 'ttlSecondsAfterFinished': pods that start when the Job is gone would wait for it "
                "in vain; leave old Jobs to pruning"
            )
        known = name or object_name(chart_of(scope), join(path_of(scope), id), "Job")
        if known is None:
            raise InvalidValue("name must be given where the chart generates names by itself; the hash comes behind it")
        content = _content_hash([*init_containers, *containers], revision)
        super().__init__(
            scope,
            id,
            containers=containers,
            init_containers=init_containers,
            backoff_limit=backoff_limit,
            active_deadline_seconds=active_deadline_seconds,
            security=security,
            service_account_name=service_account_name,
            automount_service_account_token=automount_service_account_token,
            termination_grace_period_seconds=termination_grace_period_seconds,
            pod_labels=pod_labels,
            pod_annotations=pod_annotations,
            pod_spec=pod_spec,
            spec=spec,
            recommended_labels=recommended_labels,
            name=f"{known[: _LONGEST_NAME - _HASH - 1].rstrip('-.')}-{content}",
            namespace=namespace,
            labels=labels,
            annotations=annotations,
            defaults=defaults,
        )


def _content_hash(containers: Sequence[Container], revision: str) -> str:
    """A hash of what is run; hexadecimal digits."""
    rendered = [revision, *(container.render() for container in containers)]
    return sha256(json.dumps(rendered, sort_keys=True).encode()).hexdigest()[:_HASH]

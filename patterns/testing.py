"""Helpers for tests of charts and patterns, and the pytest plugin that gives the fixture ``yaml_snapshot``.

Nothing here imports cdk8s before a test uses it, and no name begins with ``Test``, so pytest collects none of it.

    def test_ships_the_access_log(yaml_snapshot):
        chart = Shop(App(), "shop")
        assert synth(chart) == yaml_snapshot
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pytest

from patterns.errors import NotFound, WrongType
from patterns.model.calls import checked
from patterns.model.json import JsonObject, object_at, objects_at, text_at

if TYPE_CHECKING:
    import cdk8s
    from syrupy.assertion import SnapshotAssertion


def synth(chart: cdk8s.Chart) -> list[JsonObject]:
    """The chart's documents in order, as they would be written.

    Raises:
        PatternError: when something in the app cannot work.
        WrongType: for what is no chart.
    """
    if isinstance(chart, type) or not callable(getattr(chart, "to_json", None)):
        raise WrongType(f"synth: chart must be a Chart, got {type(chart).__name__}; of an App, give each chart of it")
    return cast("list[JsonObject]", chart.to_json())


@checked
def find(documents: Sequence[JsonObject], kind: str, name: str | None = None) -> JsonObject:
    """The one document of this kind (and name, where given).

    Raises:
        NotFound: when there is none, or more than one.
    """
    matching = [
        document
        for document in documents
        if document.get("kind") == kind and name in (None, text_at(document, "metadata", "name"))
    ]
    if len(matching) != 1:
        listed = ", ".join(f"{d.get('kind')} {text_at(d, 'metadata', 'name')!r}" for d in documents) or "nothing"
        wanted = kind if name is None else f"{kind} {name!r}"
        raise NotFound(f"{wanted} is there {len(matching)} times, and one was looked for; there is {listed}")
    return matching[0]


@checked
def pod_spec_of(document: JsonObject) -> JsonObject:
    """The pod spec of a Pod, of an object with ``spec.template``, or of a CronJob."""
    spec = object_at(document, "spec")
    template = object_at(spec, "jobTemplate", "spec", "template") or object_at(spec, "template")
    return object_at(template, "spec") if template else spec


@checked
def container_of(document: JsonObject, name: str) -> JsonObject:
    """The container, init container or sidecar of this name.

    Raises:
        NotFound: when the pod has no such container.
    """
    pod = pod_spec_of(document)
    containers = [*objects_at(pod, "initContainers"), *objects_at(pod, "containers")]
    for container in containers:
        if text_at(container, "name") == name:
            return container
    raise NotFound(f"the pod has no container {name!r}; it has {', '.join(text_at(c, 'name') for c in containers)}")


@checked
def assert_start_order(document: JsonObject, *names: str) -> None:
    """The pod starts exactly these containers in this order.

    Init containers stand as ``"seed"``, native sidecars as ``"proxy*"``, and the containers that start together
    afterwards follow in the order of their list.
    """
    pod = pod_spec_of(document)
    found = [
        text_at(c, "name") + ("*" if c.get("restartPolicy") == "Always" else "")
        for c in objects_at(pod, "initContainers")
    ]
    found += [text_at(c, "name") for c in objects_at(pod, "containers")]
    if found != list(names):
        raise AssertionError(f"the pod starts {', '.join(found)}; expected {', '.join(names)}")


@pytest.fixture
def yaml_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """A syrupy snapshot of documents, kept as a real ``.yaml`` file named after the test."""
    try:
        from patterns.yaml_snapshot import YamlSnapshotExtension
    except ImportError as error:
        raise pytest.UsageError(
            'yaml_snapshot needs syrupy; install it with: pip install "cdk8s-pod-patterns[testing]"'
        ) from error
    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    return snapshot.use_extension(YamlSnapshotExtension)

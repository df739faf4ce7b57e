"""A workload that this library did not make, in plain JSON, for tests of patterns that are placed on it."""

from __future__ import annotations

from patterns import Chart, Json, JsonObject, Manifest

#: its only container, which stays as it is
CONTAINER: JsonObject = {"name": "app", "image": "a:1"}


def workload(chart: Chart, id: str = "web", *, kind: str = "Deployment", **spec: Json) -> Manifest:
    """A Deployment of one container, or another kind of ``apps/v1``.

    Args:
        chart: where it stands.
        id: of the construct.
        kind: of the workload.
        spec: further fields of its spec.
    """
    template: JsonObject = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [CONTAINER]}}
    body: JsonObject = {"spec": {**spec, "selector": {"matchLabels": {"a": "b"}}, "template": template}}
    return Manifest(chart, id, api_version="apps/v1", kind=kind, body=body)

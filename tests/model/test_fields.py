"""The field names of Kubernetes 1.37."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patterns.model.fields import KUBERNETES, checked, fields_of, nearest, unknown_fields


def test_finds_unknown_fields_at_any_depth() -> None:
    spec = {
        "containers": [{"name": "a", "imagePulPolicy": "Always", "livenessProbe": {"httpget": {}}}],
        "nodeSelector": {"any": "thing"},
        "sidecar": {"containers": [{"x": 1}]},
    }
    assert unknown_fields("PodSpec", spec) == [
        (".containers[0]", "imagePulPolicy", "imagePullPolicy"),
        (".containers[0].livenessProbe", "httpget", "httpGet"),
        ("", "sidecar", ""),
    ]


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("DeploymentSpec", {"replicas": 1, "strategy": {"rollingUpdate": {"maxSurge": 1}}, "template": {"spec": {}}}),
        ("StatefulSetSpec", {"volumeClaimTemplates": [{"metadata": {"name": "a"}, "spec": {"accessModes": []}}]}),
        ("JobSpec", {"template": {"metadata": {"labels": {"a": "b"}}}, "podFailurePolicy": {"rules": []}}),
        ("CronJobSpec", {"jobTemplate": {"spec": {"template": {"spec": {"containers": []}}}}}),
        ("ServiceSpec", {"ports": [{"port": 80, "targetPort": "http"}], "clusterIP": "None"}),
        ("ConfigMap", {"data": {"a.b": "c"}, "metadata": {"annotations": {"a/b": "c"}}}),
        ("ObjectMeta", {"generateName": "a-", "ownerReferences": [{"uid": "a"}]}),
        (
            "PodSpec",
            {"volumes": [{"csi": {"driver": "a", "volumeAttributes": {"any": "thing"}}}], "overhead": {"cpu": 1}},
        ),
        ("NoSuchType", {"a": 1}),
        ("PodSpec", "no object"),
    ],
)
def test_knows_what_kubernetes_knows(type_name: str, value: object) -> None:
    assert unknown_fields(type_name, value) == []


def test_nearest_name() -> None:
    known = fields_of("Container")
    assert nearest("liveness_probe", known) == "livenessProbe"
    assert nearest("volumeMount", known) == "volumeMounts"
    assert nearest("zzz", known) == ""


def test_says_what_is_wrong_in_the_rest_of_a_sentence() -> None:
    assert checked("PodSpec", {"containers": [{"nam": "a"}]}) == (
        "containers[0]: Kubernetes 1.37 knows no field 'nam' there; did you mean 'name'"
    )
    assert checked("PodSpec", {"containers": []}) == ""


def test_the_table_is_the_schema_of_that_release() -> None:
    validate = pytest.importorskip("kubernetes_validate")
    folder = Path(validate.__file__).parent / "kubernetes-json-schema" / f"v{KUBERNETES}.0-local"
    types = json.loads((folder / "_definitions.json").read_text("utf-8"))["$defs"]
    groups = ("core.v1.", "apps.v1.", "batch.v1.")
    checked_types = 0
    for full, schema in types.items():
        short = full.rpartition(".")[2]
        if short not in {"PodSpec", "Container", "Volume"} and not fields_of(short):
            continue
        if not any(f"io.k8s.api.{group}{short}" == full for group in groups):
            continue
        assert set(fields_of(short)) == set(schema.get("properties", {})), short
        checked_types += 1
    assert checked_types > 130

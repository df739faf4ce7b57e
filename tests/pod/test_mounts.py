"""Who mounts what, and what outlives the pod."""

from __future__ import annotations

import pytest

from patterns.model import JsonObject
from patterns.pod.mounts import containers_mounting, keeps_data


def test_containers_are_named_that_mount_the_volume() -> None:
    spec: JsonObject = {"containers": [{"name": "a", "volumeMounts": [{"name": "x"}]}, {"name": "b"}]}
    assert containers_mounting(spec, "x") == ("a",)


@pytest.mark.parametrize(
    ("spec", "kept"),
    [
        ({"volumes": [{"name": "x", "emptyDir": {}}, {"name": "y", "configMap": {"name": "c"}}]}, False),
        ({"volumes": [{"name": "x", "persistentVolumeClaim": {"claimName": "c"}}]}, True),
        ({"volumes": [{"name": "x", "hostPath": {"path": "/x"}}]}, True),
        ({"volumes": [{"name": "x", "ephemeral": {}}]}, True),
        ({"containers": [{"name": "a", "volumeMounts": [{"name": "template"}]}]}, True),
        ({"volumes": None, "containers": [{"name": "a", "volumeMounts": None}]}, False),
    ],
)
def test_a_volume_that_outlives_the_pod_is_seen(spec: JsonObject, kept: bool) -> None:
    assert keeps_data(spec) is kept

"""Who mounts what, what outlives the pod, and which pods get a group for their volumes."""

from __future__ import annotations

import copy

import pytest

from patterns.model import JsonObject
from patterns.pod.mounts import containers_sharing, keeps_data, with_fs_group


def _spec(**mounts: bool | None) -> JsonObject:
    """Containers that mount the volume x; None for those that mount another one."""
    return {
        "containers": [
            {"name": name, "volumeMounts": [{"name": "y" if read_only is None else "x", "readOnly": bool(read_only)}]}
            for name, read_only in mounts.items()
        ]
    }


def test_who_writes_goes_before_who_reads() -> None:
    spec = _spec(reader=True, writer=False, other=None)
    assert containers_sharing(spec, "x", ["reader", "writer", "other"]) == ("writer",)


def test_where_nobody_writes_those_who_read_share_the_volume() -> None:
    spec = _spec(first=True, other=None, second=True)
    assert containers_sharing(spec, "x", ["first", "other", "second"]) == ("first", "second")


def test_other_containers_are_left_out() -> None:
    assert containers_sharing(_spec(app=True, sidecar=False), "x", ["app"]) == ("app",)
    assert containers_sharing({"containers": None}, "x", ["app"]) == ()


def test_one_mount_for_writing_is_enough() -> None:
    reading: JsonObject = {"name": "x", "readOnly": True}
    spec: JsonObject = {
        "containers": [
            {"name": "a", "volumeMounts": [{"name": "x"}, reading]},
            {"name": "b", "volumeMounts": [reading]},
        ]
    }
    assert containers_sharing(spec, "x", ["a", "b"]) == ("a",)


KEPT: list[tuple[JsonObject, bool]] = [
    ({"volumes": [{"name": "x", "emptyDir": {}}, {"name": "y", "configMap": {"name": "c"}}]}, False),
    ({"volumes": [{"name": "x", "persistentVolumeClaim": {"claimName": "c"}}]}, True),
    ({"volumes": [{"name": "x", "hostPath": {"path": "/x"}}]}, True),
    ({"volumes": [{"name": "x", "ephemeral": {}}]}, False),
    ({"volumes": [{"name": "x", "csi": {"driver": "secrets-store.csi.k8s.io"}}]}, False),
    ({"containers": [{"name": "a", "volumeMounts": [{"name": "template"}]}]}, True),
    ({"volumes": None, "containers": [{"name": "a", "volumeMounts": None}]}, False),
]


@pytest.mark.parametrize(("spec", "kept"), KEPT)
def test_a_volume_that_outlives_the_pod_is_seen(spec: JsonObject, kept: bool) -> None:
    assert keeps_data(spec) is kept


@pytest.mark.parametrize(("spec", "kept"), KEPT)
def test_a_pod_gets_the_group_where_no_volume_keeps_data(spec: JsonObject, kept: bool) -> None:
    before = copy.deepcopy(spec)
    found = with_fs_group(spec, 65532)
    assert found == (spec if kept else {**spec, "securityContext": {"fsGroup": 65532}})
    assert spec == before


def test_a_group_of_the_pod_s_own_stays() -> None:
    spec: JsonObject = {"securityContext": {"runAsNonRoot": True, "fsGroup": 0}}
    assert with_fs_group(spec, 65532) == spec
    assert with_fs_group({"securityContext": {"runAsNonRoot": True}}, None) == {
        "securityContext": {"runAsNonRoot": True}
    }

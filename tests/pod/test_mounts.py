"""Which containers mount a volume."""

from __future__ import annotations

from patterns.model import JsonObject
from patterns.pod.mounts import containers_mounting

POD: JsonObject = {
    "initContainers": [{"name": "seed", "volumeMounts": [{"name": "logs", "mountPath": "/logs"}]}],
    "containers": [
        {"name": "app", "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "logs", "mountPath": "/logs"}]},
        {"name": "other"},
        {"name": "viewer", "volumeMounts": [{"name": "logs", "mountPath": "/var/log"}]},
    ],
}


def test_application_containers_are_found_by_the_volume_s_name() -> None:
    assert containers_mounting(POD, "logs") == ("app", "viewer")


def test_a_volume_that_nobody_mounts_has_no_containers() -> None:
    assert containers_mounting(POD, "cache") == ()

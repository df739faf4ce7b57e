"""The room that a pod asks for."""

from __future__ import annotations

import pytest

from patterns.model import JsonObject, Volume, VolumeMount
from patterns.pod.room import is_asked_for, memory_limit, size_in_memory, size_on_disk, total


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], None),
        ([None, None], None),
        (["256M", None], "256M"),
        ([1024], 1024),
        (["256Mi", "64Mi"], "320Mi"),
        (["960Mi", "64Mi"], "1Gi"),
        (["1Gi", 1024], "1048577Ki"),
        (["1M", "1Mi"], "2048576"),
    ],
)
def test_a_sum_is_written_as_people_write_it(sizes: list[str | int | None], expected: str | int | None) -> None:
    assert total(sizes) == expected


def test_an_empty_dir_is_on_disk_or_in_memory() -> None:
    def sizes(volume: Volume | str) -> tuple[object, object]:
        mount = VolumeMount(volume=volume, mount_path="/logs")
        return size_on_disk(mount), size_in_memory(mount)

    assert sizes(Volume.empty_dir("logs", size_limit="1Gi")) == ("1Gi", None)
    assert sizes(Volume.empty_dir("logs", size_limit="1Gi", medium="Memory")) == (None, "1Gi")
    assert sizes(Volume.empty_dir("logs", size_limit="1Gi", medium="HugePages")) == (None, None)
    assert sizes(Volume.pvc("logs", "logs")) == (None, None)
    assert sizes("logs") == (None, None)


@pytest.mark.parametrize(
    ("key", "container", "asked"),
    [
        ("containers", {"resources": {"requests": {"ephemeral-storage": "1Gi"}}}, True),
        ("containers", {"resources": {"limits": {"ephemeral-storage": "1Gi"}}}, True),
        ("containers", {"resources": {"requests": {"memory": "1Gi"}}}, False),
        ("containers", {"resources": None}, False),
        ("containers", {"resources": {"requests": {"ephemeral-storage": "1Gi"}}, "volumeMounts": []}, False),
        ("initContainers", {"resources": {"requests": {"ephemeral-storage": "1Gi"}}}, False),
        (
            "initContainers",
            {"resources": {"requests": {"ephemeral-storage": "1Gi"}}, "restartPolicy": "Always"},
            True,
        ),
    ],
)
def test_who_runs_on_and_mounts_the_volume_asks_for_it(key: str, container: JsonObject, asked: bool) -> None:
    spec: JsonObject = {key: [{"volumeMounts": [{"name": "logs"}], **container}]}
    assert is_asked_for(spec, "logs") is asked


def test_a_memory_limit_is_read_where_there_is_one() -> None:
    assert str(memory_limit({"resources": {"limits": {"memory": "64Mi"}}})) == "64Mi"
    assert memory_limit({"resources": {"limits": None}}) is None

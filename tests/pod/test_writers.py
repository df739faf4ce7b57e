"""Volumes that are read in a pod, and written by nobody in it."""

from __future__ import annotations

import pytest

from patterns.model import Container, JsonObject, Volume, VolumeMount
from patterns.pod.writers import Reader, unwritten

LOGS = Volume.empty_dir("logs")


def pod(*containers: Container, init: tuple[Container, ...] = (), volume: Volume = LOGS) -> JsonObject:
    return {
        "initContainers": [container.render() for container in init],
        "containers": [container.render() for container in containers],
        "volumes": [volume.render()],
    }


def mounting(name: str, *, read_only: bool | None = None, volume: Volume = LOGS) -> Container:
    mount = VolumeMount(volume=volume, mount_path="/logs", read_only=read_only)
    return Container(name=name, image="shop:1", volume_mounts=[mount])


READER = mounting("log", read_only=True)
BOTH = mounting("log")
CLAIM = Volume.pvc("logs", "logs")


@pytest.mark.parametrize(
    ("spec", "empty"),
    [
        (pod(mounting("app"), READER), False),
        (pod(mounting("app", read_only=True), READER), True),
        (pod(Container(name="app", image="shop:1"), READER), True),
        (pod(Container(name="app", image="shop:1"), BOTH), True),
        (pod(Container(name="app", image="shop:1"), init=(mounting("seed"), READER)), False),
        # what was written before the pod, or by another one
        (pod(mounting("log", read_only=True, volume=CLAIM), volume=CLAIM), False),
        # the mount of a StatefulSet's claim template
        ({**pod(READER), "volumes": []}, False),
    ],
    ids=["written", "read only", "not mounted", "only the reader could", "an init container", "claim", "template"],
)
def test_a_volume_that_begins_empty_needs_a_writer(spec: JsonObject, empty: bool) -> None:
    assert bool(unwritten(spec, [Reader("logs", ("log",), "LoggingSidecar 'shop/web/log'")])) is empty


def test_one_reader_does_not_write_for_another() -> None:
    spec = pod(mounting("a"), mounting("b"))
    assert unwritten(spec, [Reader("logs", ("a",), "A"), Reader("logs", ("b",), "B")]) == [
        f"{by} reads the volume 'logs', which is empty when the pod starts, and no other container mounts it to write "
        "to it; mount it where the application writes, in a container or with writers= of a SharedScratch"
        for by in ("A", "B")
    ]

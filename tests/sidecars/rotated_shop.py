"""A workload whose logs are rotated, and the command that does it, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patterns.app import App
from patterns.model import Container, JsonObject, Security, VolumeMount
from patterns.sidecars.log_reopening import ReopenByItself, Reopening
from patterns.sidecars.log_rotation import LOGS_PATH, LogRotation
from patterns.testing import container_of, find, synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.deployment import Deployment

APP = Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080])
USER = Security(run_as_user=1000)


class Shop:
    """A chart with one workload and its logs."""

    def __init__(self, *, size_limit: str | None = "256Mi", app: App | None = None, **options: Any) -> None:
        self.app = App() if app is None else app
        self.chart = Chart(self.app, "shop")
        self.web = Deployment(self.chart, "web", containers=[APP], **{"security": USER, **options})
        scratch = SharedScratch(self.web, "app-logs", mount_path="/var/log/app", size_limit=size_limit)
        self.logs: VolumeMount = scratch.mount

    def deployment(self) -> JsonObject:
        return find(synth(self.chart), "Deployment")

    def container(self, name: str = "log-rotation") -> JsonObject:
        return container_of(self.deployment(), name)


def command(directory: str, files: Sequence[str], by: Reopening | None = None, **options: Any) -> list[str]:
    """What is rendered, with a directory of this machine in place of the volume."""
    shop = Shop(size_limit=None)
    LogRotation(shop.web, "log-rotation", logs=shop.logs, files=files, by=by or ReopenByItself(), **options)
    listed = shop.container()["command"]
    assert isinstance(listed, list)
    # as the kubelet reads it
    return [directory if word == LOGS_PATH else str(word).replace("$$(", "$(") for word in listed]

"""A chart with a workload that writes logs, for tests."""

from __future__ import annotations

from typing import Any

import yaml

from patterns.app import App
from patterns.model import (
    Container,
    JsonObject,
    VolumeMount,
)
from patterns.model.json import text_at
from patterns.sidecars.elasticsearch import Elasticsearch
from patterns.testing import container_of, find, synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.deployment import Deployment

ES = Elasticsearch(url="https://logs.example.com:9200", index="shop")
APP = Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080])


class Shop:
    """A chart with one workload and its logs."""

    def __init__(self, *containers: Container, **options: Any) -> None:
        self.chart = Chart(App(), "shop")
        self.web = Deployment(self.chart, "web", containers=[*containers] or [APP], **options)
        self.logs: VolumeMount = SharedScratch(self.web, "app-logs", mount_path="/var/log/app").mount

    def deployment(self) -> JsonObject:
        return find(synth(self.chart), "Deployment")

    def container(self, name: str = "log-shipper") -> JsonObject:
        return container_of(self.deployment(), name)

    def configuration(self) -> JsonObject:
        config: JsonObject = yaml.safe_load(text_at(find(synth(self.chart), "ConfigMap"), "data", "fluent-bit.yaml"))
        return config

"""A chart with a workload that serves pages, for tests."""

from __future__ import annotations

from typing import Any

from patterns.app import App
from patterns.init_containers.init_file_seeder import InitFileSeeder
from patterns.init_containers.seed_source import FromImage
from patterns.model import Container, JsonObject
from patterns.model.json import object_at, objects_at
from patterns.testing import container_of, find, pod_spec_of, synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.deployment import Deployment

APP = Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080])
PAGE = {"index.html": "<h1>Shop</h1>\n"}
IMAGE = FromImage("registry.example.com/site:1.2", "/usr/share/nginx/html")


class Shop:
    """A chart with one workload and a volume for pages."""

    def __init__(
        self,
        *containers: Container,
        size_limit: str | None = "16Mi",
        medium: str | None = None,
        target: str = "1.37",
        mount_path: str = "/srv/www",
        **options: Any,
    ) -> None:
        self.chart = Chart(App(target=target), "shop")
        self.web = Deployment(self.chart, "web", containers=[*containers] or [APP], **options)
        self.pages = SharedScratch(self.web, "pages", mount_path=mount_path, size_limit=size_limit, medium=medium).mount

    def seed(self, id: str = "seed-pages", **options: Any) -> JsonObject:
        options.setdefault("into", self.pages)
        InitFileSeeder(self.web, id, **options)
        return container_of(self.deployment(), id)

    def deployment(self) -> JsonObject:
        return find(synth(self.chart), "Deployment")

    def volume(self, name: str) -> JsonObject:
        return next(v for v in objects_at(pod_spec_of(self.deployment()), "volumes") if v["name"] == name)

    def config_map(self) -> object:
        """The name of the ConfigMap that the seeder mounts."""
        return object_at(self.volume("seed-pages-files"), "configMap").get("name")

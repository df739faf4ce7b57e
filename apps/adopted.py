"""Patterns on workloads that somebody else wrote: a YAML file, a cdk8s-plus object and an Argo Rollout.

Nothing else in them changes: not a field, not an order.
"""

from __future__ import annotations

from pathlib import Path

import cdk8s
import cdk8s_plus_34 as kplus

from patterns import Chart, Construct, Container, InitFileSeeder, LoggingSidecar, SharedScratch, Sidecar, YamlFile

#: as it was handed over by another team
GUESTBOOK = Path(__file__).parent / "guestbook.yaml"


class Adopted(Chart):
    """Three workloads of other hands, each with something beside it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.yaml_file()
        self.cdk8s_plus()
        self.custom_resource()

    def yaml_file(self) -> None:
        """A file of the guestbook's team: its frontend gets its log collected."""
        guestbook = YamlFile(self, "guestbook", path=GUESTBOOK)
        frontend = guestbook.find(kind="Deployment", name="frontend")
        logs = SharedScratch(frontend, "logs", mount_path="/var/log/apache2", size_limit="64Mi")
        LoggingSidecar(frontend, "log-collector", logs=logs.mount, files=["access.log"])

    def cdk8s_plus(self) -> None:
        """A Deployment made with cdk8s-plus: its page is seeded."""
        pages = kplus.Deployment(
            self,
            "pages",
            replicas=1,
            containers=[
                kplus.ContainerProps(
                    name="nginx",
                    image="docker.io/nginxinc/nginx-unprivileged:1.29.3",
                    port_number=8080,
                    security_context=kplus.ContainerSecurityContextProps(user=101, group=101),
                )
            ],
        )
        html = SharedScratch(
            pages, "html", mount_path="/usr/share/nginx/html", size_limit="16Mi", writers=[], readers=["nginx"]
        )
        SharedScratch(pages, "tmp", mount_path="/tmp", size_limit="16Mi")  # cdk8s-plus gives a read-only root
        InitFileSeeder(pages, "seed-pages", into=html.mount, files={"index.html": "<h1>Adopted</h1>\n"})

    def custom_resource(self) -> None:
        """An Argo Rollout, whose pod template is found by its structure."""
        rollout = cdk8s.ApiObject(self, "checkout", api_version="argoproj.io/v1alpha1", kind="Rollout")
        labels = {"app": "checkout"}
        rollout.add_json_patch(
            cdk8s.JsonPatch.add(
                "/spec",
                {
                    "replicas": 2,
                    "selector": {"matchLabels": labels},
                    "strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {}}]}},
                    "template": {
                        "metadata": {"labels": labels},
                        "spec": {"containers": [{"name": "checkout", "image": "registry.example.com/checkout:2.3.0"}]},
                    },
                },
            )
        )
        Sidecar(
            rollout,
            "metrics",
            container=Container(name="metrics", image="registry.example.com/metrics-exporter:1.0.4", ports=[9100]),
        )

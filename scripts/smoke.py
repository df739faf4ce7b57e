"""A first program of a user who has only installed the wheel: it writes a pod, and reads it again."""

from __future__ import annotations

from pathlib import Path

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    Elasticsearch,
    InitFileSeeder,
    LoggingSidecar,
    SecretKey,
    SharedScratch,
)
from patterns.yaml import read_yaml

app = App(outdir="smoke")
chart = Chart(app, "smoke")
web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/shop:1.4.2")])
logs = SharedScratch(web, "logs", mount_path="/var/log/app")
pages = SharedScratch(web, "pages", mount_path="/srv/www")
InitFileSeeder(web, "seed", into=pages.mount, files={"index.html": "hello\n"})
LoggingSidecar(
    web,
    "ship",
    logs=logs.mount,
    files=["access.log"],
    to=Elasticsearch(
        url="https://logs.example.com:9200", index="shop", user="shop", password=SecretKey("es", "password")
    ),
)
app.synth()
documents = read_yaml(Path("smoke/smoke.k8s.yaml").read_text(encoding="utf-8"))
kinds = [document["kind"] for document in documents if isinstance(document, dict)]
if kinds != ["Deployment", "ConfigMap", "ConfigMap"]:
    raise SystemExit(f"the wheel alone writes {kinds}")

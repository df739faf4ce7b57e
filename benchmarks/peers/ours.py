"""This library: the shop as its user writes it."""

from __future__ import annotations

import json
import sys
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


def shop(chart: Chart, id: str) -> None:
    """A web application with its pages and its logs."""
    web = Deployment(
        chart,
        id,
        replicas=2,
        containers=[Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080])],
    )
    logs = SharedScratch(web, "app-logs", mount_path="/var/log/app", size_limit="256Mi")
    pages = SharedScratch(web, "pages", mount_path="/srv/www", size_limit="16Mi")
    InitFileSeeder(web, "seed-pages", into=pages.mount, files={"index.html": "<h1>Shop</h1>\n"})
    LoggingSidecar(
        web,
        "log-shipper",
        logs=logs.mount,
        files=["access.log"],
        to=Elasticsearch(
            url="https://logs.example.com:9200", index="shop", user="shop", password=SecretKey("es", "password")
        ),
    )


def main(names: str, directory: str) -> None:
    """Build and write all shops; names come from the tree."""
    app = App(outdir=directory)
    charts: dict[str, Chart] = {}
    for chart, place, *_ in json.loads(Path(names).read_text(encoding="utf-8")):
        if chart not in charts:
            charts[chart] = Chart(app, chart)
        shop(charts[chart], place)
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Data that is there before the application starts: from this repository, from a ConfigMap, an image, the network."""

from __future__ import annotations

from patterns import (
    Chart,
    Construct,
    Container,
    Deployment,
    Downloader,
    FromConfigMap,
    FromImage,
    InitFileSeeder,
    Probe,
    SecretKey,
    Security,
    SharedScratch,
)


class InitialData(Chart):
    """A search service with its model, its dictionary, its settings and its start page."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="search")
        search = Deployment(
            self,
            "search",
            replicas=2,
            security=Security(run_as_user=10001, run_as_group=10001, fs_group=10001),
            containers=[
                Container(
                    name="search",
                    image="registry.example.com/search:2.1.0",
                    ports=[8080],
                    readiness_probe=Probe.http(8080, path="/ready"),
                )
            ],
        )
        models = SharedScratch(search, "models", mount_path="/models", size_limit="4Gi", readers=["search"])
        Downloader(
            search,
            "fetch-model",
            into=models.mount,
            url="https://models.example.com/ranking-1.2.bin",
            sha256="5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
            max_size="2Gi",
            header=SecretKey("models", "authorization"),
        )
        Downloader(
            search,
            "fetch-dictionaries",
            into=models.mount,
            url="https://models.example.com/dictionaries-7.tar.gz",
            sha256="486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7",
            file="dictionaries",
            extract="tar.gz",
            max_size="512Mi",
        )
        site = SharedScratch(search, "site", mount_path="/srv/www", size_limit="64Mi", readers=["search"])
        InitFileSeeder(search, "seed-page", into=site.mount, files={"index.html": "<h1>Search</h1>\n"})
        InitFileSeeder(search, "seed-settings", into=site.mount, files=FromConfigMap("search-settings"))
        InitFileSeeder(
            search,
            "seed-assets",
            into=site.mount,
            files=FromImage("registry.example.com/search-assets:5.0.1", "/assets"),
        )

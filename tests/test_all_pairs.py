"""Every pattern beside every other one on one pod, in both orders: it is well, or it is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import pytest

import patterns
from patterns import (
    App,
    BackupSidecar,
    Chart,
    ConfigFileRenderer,
    ConfigReloader,
    ConfigSyncSidecar,
    Conflict,
    Container,
    Downloader,
    Envoy,
    FromConfigMaps,
    FromVault,
    InitContainer,
    InitFileSeeder,
    JobComplete,
    Litestream,
    LoggingSidecar,
    LogicalDump,
    LogRotation,
    Loki,
    MigrationInPlace,
    Nfs,
    NginxCache,
    OAuth2Proxy,
    Pattern,
    PermissionFixer,
    PostgresLock,
    PostgresReady,
    ProxySidecar,
    ReloadByHttp,
    ReloadBySignal,
    ReopenByItself,
    Restic,
    SecretKey,
    Security,
    SharedScratch,
    Sidecar,
    StatefulSet,
    VaultKey,
    Volume,
    VolumeMount,
    WaitFor,
)
from patterns.model.json import objects_at, text_at
from patterns.testing import find, pod_spec_of, synth

OLD = VolumeMount(volume=Volume("old", Nfs(server="nfs.example.com", path="/old")), mount_path="/old")


class Place:
    """The workload, and a directory of the pattern's own."""

    def __init__(self, web: StatefulSet, id: str) -> None:
        self.web = web
        self.id = id

    def scratch(self, size_limit: str = "64Mi") -> VolumeMount:
        return SharedScratch(self.web, f"{self.id}-dir", mount_path=f"/{self.id}", size_limit=size_limit).mount


def log_shipper(at: Place) -> None:
    loki = Loki(url="https://loki.example.com:3100", labels={"app": "shop"})
    LoggingSidecar(at.web, at.id, logs=at.scratch(), files=["a.log"], to=loki)


def oauth2(at: Place) -> None:
    proxy = OAuth2Proxy(
        issuer_url="https://login.example.com",
        client_id="shop",
        client_secret=SecretKey("oauth2", "client-secret"),
        cookie_secret=SecretKey("oauth2", "cookie-secret"),
        email_domains=["example.com"],
    )
    ProxySidecar(at.web, at.id, proxy=proxy)


def vault(at: Place) -> None:
    source = FromVault(address="https://vault.example.com", role="shop", files={"a": VaultKey("kv/data/a", "b")})
    into = SharedScratch(at.web, f"{at.id}-dir", mount_path=f"/{at.id}", medium="Memory", size_limit="1Mi").mount
    ConfigSyncSidecar(at.web, at.id, into=into, source=source)


#: what there is, each under a name of its own
PATTERNS: Mapping[str, tuple[type[Pattern], Callable[[Place], object]]] = {
    "backup": (
        BackupSidecar,
        lambda at: BackupSidecar(
            at.web, at.id, data=at.scratch(), method=Litestream(databases=["a.db"], to="s3://backups/shop")
        ),
    ),
    "dump": (
        BackupSidecar,
        lambda at: BackupSidecar(
            at.web, at.id, method=LogicalDump(host="db", database="shop", user="shop", to=at.scratch())
        ),
    ),
    "files": (
        BackupSidecar,
        lambda at: BackupSidecar(
            at.web,
            at.id,
            data=at.scratch(),
            method=Restic(repository="s3:https://s3.example.com/b", password=SecretKey("restic", "key"), host=at.id),
        ),
    ),
    "cache": (ProxySidecar, lambda at: ProxySidecar(at.web, at.id, proxy=NginxCache())),
    "download": (
        Downloader,
        lambda at: Downloader(at.web, at.id, into=at.scratch(), url="https://a.example.com/b", sha256="0a" * 32),
    ),
    "envoy": (ProxySidecar, lambda at: ProxySidecar(at.web, at.id, proxy=Envoy())),
    "fix": (PermissionFixer, lambda at: PermissionFixer(at.web, at.id, volume=OLD, because="old data")),
    "init": (
        InitContainer,
        lambda at: InitContainer(
            at.web, at.id, container=Container(name=at.id, image="registry.example.com/init:1.0.0")
        ),
    ),
    "job": (WaitFor, lambda at: WaitFor(at.web, at.id, until=JobComplete(name="migrate"))),
    "login": (ProxySidecar, oauth2),
    "logs": (LoggingSidecar, log_shipper),
    "migrate": (
        MigrationInPlace,
        lambda at: MigrationInPlace(
            at.web, at.id, database=PostgresLock(host="db", user="migrator"), scripts={"1.sql": "SELECT 1;"}
        ),
    ),
    "render": (
        ConfigFileRenderer,
        lambda at: ConfigFileRenderer(at.web, at.id, into=at.scratch(), templates={"a": "${A}"}, values={"A": "b"}),
    ),
    "rotate": (
        LogRotation,
        lambda at: LogRotation(at.web, at.id, logs=at.scratch(), files=["a.log"], by=ReopenByItself(), max_size="8Mi"),
    ),
    "scratch": (SharedScratch, lambda at: at.scratch()),
    "seed": (InitFileSeeder, lambda at: InitFileSeeder(at.web, at.id, into=at.scratch(), files={"a": "b"})),
    "side": (
        Sidecar,
        lambda at: Sidecar(
            at.web, at.id, container=Container(name=at.id, image="registry.example.com/side:1.0.0", ports=[9999])
        ),
    ),
    "sync": (
        ConfigSyncSidecar,
        lambda at: ConfigSyncSidecar(at.web, at.id, into=at.scratch(), source=FromConfigMaps(label="shop")),
    ),
    "tail": (LoggingSidecar, lambda at: LoggingSidecar(at.web, at.id, logs=at.scratch(), files=["a.log"])),
    "reload": (
        ConfigReloader,
        lambda at: ConfigReloader(
            at.web, at.id, watch=[at.scratch()], reload=ReloadByHttp(url="http://127.0.0.1:8080/reload")
        ),
    ),
    "signal": (
        ConfigReloader,
        lambda at: ConfigReloader(at.web, at.id, watch=[at.scratch()], reload=ReloadBySignal(process="shop")),
    ),
    "vault": (ConfigSyncSidecar, vault),
    "wait": (WaitFor, lambda at: WaitFor(at.web, at.id, until=PostgresReady(host="db"))),
}
PROXIES = ("cache", "envoy", "login")


def pod() -> StatefulSet:
    chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
    return StatefulSet(
        chart,
        "web",
        service_name="web",
        replicas=1,
        security=Security(run_as_user=1000, run_as_group=1000, fs_group=1000),
        containers=[Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080], volume_mounts=[OLD])],
    )


def refused(first: str, second: str) -> str:
    """Why a pair is refused; empty where it is not."""
    if first in PROXIES and second in PROXIES:
        return "port 8080 of the application is behind port"
    if first == second == "side":
        return "port 9999/TCP"
    return ""


@pytest.mark.parametrize(("first", "second"), list(product(PATTERNS, PATTERNS)))
def test_two_patterns_meet_without_a_collision_or_are_refused_by_name(first: str, second: str) -> None:
    web = pod()
    PATTERNS[first][1](Place(web, f"{first}-one"))
    reason = refused(first, second)
    if reason:
        with pytest.raises(Conflict, match=reason):
            PATTERNS[second][1](Place(web, f"{second}-two"))
        return
    PATTERNS[second][1](Place(web, f"{second}-two"))
    spec = pod_spec_of(find(synth(web.chart), "StatefulSet"))
    containers = [*objects_at(spec, "initContainers"), *objects_at(spec, "containers")]
    names = [text_at(container, "name") for container in containers]
    assert len(set(names)) == len(names)
    ports = [port["containerPort"] for container in containers for port in objects_at(container, "ports")]
    assert len(set(ports)) == len(ports)


def test_every_pattern_has_its_place_here() -> None:
    public = {getattr(patterns, name) for name in patterns.__all__}
    catalogue = {each for each in public if isinstance(each, type) and issubclass(each, Pattern)} - {Pattern}
    assert catalogue - {kind for kind, _ in PATTERNS.values()} == set()

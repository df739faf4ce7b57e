"""Configuration kept as it is elsewhere: what the pod gains, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import somebody_elses

from patterns import (
    App,
    Chart,
    ConfigSyncSidecar,
    Container,
    Deployment,
    FromConfigMaps,
    FromGit,
    JsonObject,
    PatternError,
    ReloadByHttp,
    ReloadBySignal,
    ResourceRequirements,
    SecretKey,
    Security,
    SharedScratch,
    SyncPlace,
    SyncProgram,
    Volume,
    VolumeMount,
)
from patterns.model.json import objects_at, text_at
from patterns.testing import container_of, find, pod_spec_of, synth

APP = Container(name="app", image="registry.example.com/grafana:12.0.0", ports=[3000])
GIT = FromGit(repository="https://git.example.com/team/config.git")


class Board:
    """A workload with a directory for what is synced."""

    def __init__(self, app: App | None = None, **options: Any) -> None:
        self.chart = Chart(app or App(), "board", namespace="board", disable_resource_name_hashes=True)
        self.web = Deployment(self.chart, "web", containers=[APP], **options)
        self.into = SharedScratch(self.web, "synced", mount_path="/synced", size_limit="16Mi", readers=["app"]).mount

    def sync(self, **options: Any) -> None:
        ConfigSyncSidecar(self.web, "sync", **{"into": self.into, "source": GIT, **options})

    def container(self) -> JsonObject:
        return container_of(find(synth(self.chart), "Deployment"), "sync")


def test_smallest_call_of_config_maps(yaml_snapshot: object) -> None:
    board = Board()
    ConfigSyncSidecar(board.web, "sync", into=board.into, source=FromConfigMaps(label="grafana-dashboard"))
    assert synth(board.chart) == yaml_snapshot


def test_smallest_call_of_git(yaml_snapshot: object) -> None:
    board = Board()
    ConfigSyncSidecar(board.web, "sync", into=board.into, source=GIT)
    assert synth(board.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    board = Board(security=Security(run_as_user=472, run_as_group=472))
    board.sync(
        source=FromGit(
            repository="git@git.example.com:team/config.git",
            ref="release-2",
            link="board",
            period_seconds=30,
            ssh_key=SecretKey("git", "key"),
            known_hosts=SecretKey("git", "known-hosts"),
        ),
        reload=ReloadByHttp(url="http://localhost:3000/-/reload", method="GET"),
        port=9000,
        image="registry.example.com/git-sync:v4.7.1",
        env={"HTTPS_PROXY": "http://proxy.example.com:3128"},
        resources=ResourceRequirements(requests={"memory": "32Mi"}),
        security=Security(run_as_user=472, read_only_root_filesystem=True),
    )
    ConfigSyncSidecar(
        board.web,
        "labels",
        into=board.into,
        source=FromConfigMaps(label="example.com/board", label_value="1", resource="both"),
        reload=ReloadByHttp(url="http://127.0.0.1:3000/-/reload"),
    )
    assert synth(board.chart) == yaml_snapshot


def test_the_application_starts_when_the_first_sync_is_done() -> None:
    board = Board()
    board.sync()
    container = board.container()
    assert container["restartPolicy"] == "Always"
    assert container["startupProbe"]["httpGet"] == {"path": "/", "port": 8800}  # type: ignore[index, call-overload]
    assert "readinessProbe" not in container


def test_a_signal_instead_of_a_request(yaml_snapshot: object) -> None:
    board = Board(security=Security(run_as_user=472, run_as_group=472))
    board.sync(reload=ReloadBySignal(process="board"))
    ConfigSyncSidecar(
        board.web,
        "labels",
        into=board.into,
        source=FromConfigMaps(label="board"),
        reload=ReloadBySignal(process="board", signal="USR1"),
    )
    assert synth(board.chart) == yaml_snapshot


def test_two_in_one_pod_have_ports_of_their_own() -> None:
    board = Board()
    board.sync()
    ConfigSyncSidecar(board.web, "more", into=board.into, source=FromConfigMaps(label="a"))
    deployment = find(synth(board.chart), "Deployment")
    ports = [container_of(deployment, name)["ports"] for name in ("sync", "more")]
    assert ports == [[{"containerPort": 8800}], [{"containerPort": 8801}]]


def test_the_application_reads_and_cannot_write() -> None:
    board = Board()
    board.sync()
    app = container_of(find(synth(board.chart), "Deployment"), "app")
    assert app["volumeMounts"] == [{"name": "synced", "mountPath": "/synced", "readOnly": True}]


def test_nothing_rolls_the_pods_beside_what_is_reloaded() -> None:
    board = Board()
    board.sync(reload=ReloadByHttp(url="http://127.0.0.1:3000/-/reload"))
    documents = synth(board.chart)
    assert [d["kind"] for d in documents] == ["Deployment"]
    assert "annotations" not in find(documents, "Deployment")["spec"]["template"]["metadata"]  # type: ignore[index, call-overload, operator]


def test_credentials_are_files() -> None:
    board = Board()
    board.sync(
        source=FromGit(repository="https://a.example.com/b.git", username="me", password=SecretKey("git", "token"))
    )
    container = board.container()
    assert "--password-file=/config-sync/secrets/password" in container["args"]  # type: ignore[operator]
    assert objects_at(container, "env") == []


def test_a_classic_form_for_old_clusters() -> None:
    board = Board(App(target="1.28"))
    board.sync()
    spec = pod_spec_of(find(synth(board.chart), "Deployment"))
    assert [text_at(c, "name") for c in objects_at(spec, "containers")] == ["app", "sync"]


def test_somebody_else_s_workload() -> None:
    chart = Chart(App(), "c")
    web = somebody_elses.workload(chart)
    into = SharedScratch(web, "synced", mount_path="/synced", size_limit="16Mi", readers=["app"]).mount
    ConfigSyncSidecar(web, "sync", into=into, source=GIT)
    spec = pod_spec_of(find(synth(chart), "Deployment"))
    assert [text_at(c, "name") for c in objects_at(spec, "initContainers")] == ["sync"]


def test_a_source_of_one_s_own() -> None:
    @dataclass(frozen=True)
    class FromBucket:
        bucket: str

        def sync_program(self, place: SyncPlace) -> SyncProgram:
            return SyncProgram(
                image="registry.example.com/bucket-sync:1.0.0",
                args=[self.bucket, place.folder, str(place.port)],
                health_path="/ready",
                live=True,
                tmp=False,
            )

    board = Board()
    board.sync(source=FromBucket("config"))
    assert board.container()["args"] == ["config", "/synced", "8800"]


@pytest.mark.parametrize("text", ["$(HOME)", "${HOME}", "a'b", 'a"b', "#", "%s", "{{x}}", "--x"])
def test_text_of_a_user_stays_text(text: str) -> None:
    board = Board()
    board.sync(source=FromGit(repository="https://git.example.com/c.git", ref=text))
    assert f"--ref={text.replace('$(', '$$(')}" in board.container()["args"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FromGit(repository="config"), "repository must be such as 'https://git.example.com/config.git'"),
        (lambda: FromGit(repository="https://me:pw@a.example.com/c"), "repository must hold no user and password"),
        (lambda: FromGit(repository="https://a.example.com/c", username="me"), "username and password go together"),
        (lambda: FromGit(repository="git@a:c", ssh_key=SecretKey("a", "b")), "ssh_key and known_hosts go together"),
        (lambda: FromGit(repository="https://a.example.com/c", link="a/b"), "link must be a name without a directory"),
        (lambda: FromGit(repository="https://a.example.com/c", period_seconds=0), "period_seconds must be at least 1"),
        (lambda: Board().sync(reload=ReloadBySignal(process="board")), "the application's user is not known"),
        (
            lambda: Board(security=Security(run_as_user=472)).sync(
                source=FromGit(repository="git@a:c", ssh_key=SecretKey("a", "b"), known_hosts=SecretKey("a", "c")),
                reload=ReloadBySignal(process="board"),
            ),
            "reload must not be a signal with ssh_key",
        ),
        (lambda: FromConfigMaps(label="a b"), "label"),
        (lambda: FromConfigMaps(label="a", label_value="a b"), "label_value"),
        (lambda: ReloadByHttp(url="http://web.shop.svc/reload"), "url must be on loopback, such as"),
        (lambda: ReloadByHttp(url="http://127.0.0.1:99999/"), "url must be on loopback"),
        (
            lambda: Board().sync(into=VolumeMount(volume=Volume.config_map("c", "c"), mount_path="/c")),
            "into must be a volume that can be written",
        ),
    ],
)
def test_a_mistake_is_refused(make: Any, message: str) -> None:
    with pytest.raises(PatternError) as raised:
        make()
    assert message in str(raised.value)

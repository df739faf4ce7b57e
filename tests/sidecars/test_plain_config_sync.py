"""How a sync of configuration fails when it is written plainly, beside the same with ours.

What the programs do is in the integration tier: ``test_real_vault.py``, ``test_real_config_reloader.py``.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from patterns import (
    App,
    Chart,
    ConfigMap,
    ConfigReloader,
    ConfigSource,
    ConfigSyncSidecar,
    Container,
    Deployment,
    FromConfigMaps,
    FromGit,
    FromVault,
    JsonObject,
    ReloadByHttp,
    SecretKey,
    SharedScratch,
    VaultKey,
    Volume,
    VolumeMount,
)
from patterns.model.json import objects_at, text_at
from patterns.pod.checks import Object, judge
from patterns.testing import container_of, find, pod_spec_of, synth

APP = Container(name="app", image="registry.example.com/board:12.0.0", ports=[3000])
GIT = FromGit(
    repository="https://git.example.com/team/config.git", username="board", password=SecretKey("git", "password")
)
LABELLED = FromConfigMaps(label="board-dashboard")
SECRETS = FromVault(
    address="https://vault.example.com:8200", role="board", files={"key": VaultKey("kv/data/board", "key")}
)
RELOAD = ReloadByHttp(url="http://127.0.0.1:3000/-/reload")
#: as people write it: one file over the application's directory, a token in a variable, a watch that nobody asks
PLAIN = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: board}
spec:
  selector: {matchLabels: {app: board}}
  template:
    metadata: {labels: {app: board}}
    spec:
      containers:
        - name: app
          image: registry.example.com/board:12.0.0
          volumeMounts: [{name: config, mountPath: /etc/board/board.ini, subPath: board.ini}]
        - name: sync
          image: registry.k8s.io/git-sync/git-sync:v4.7.1
          args: [--repo=https://git.example.com/team/config.git, --root=/git, --max-failures=-1]
          env: [{name: GITSYNC_PASSWORD, value: ghp-0123456789abcdef}]
          volumeMounts: [{name: git, mountPath: /git}]
      volumes:
        - {name: config, configMap: {name: board}}
        - {name: git, emptyDir: {sizeLimit: 16Mi}}
"""


def plain() -> JsonObject:
    document: JsonObject = yaml.safe_load(PLAIN)
    return document


def ours(source: ConfigSource) -> JsonObject:
    chart = Chart(App(), "board", namespace="board")
    web = Deployment(chart, "web", containers=[APP])
    medium = "Memory" if source is SECRETS else None
    into = SharedScratch(web, "synced", mount_path="/synced", size_limit="16Mi", medium=medium, readers=["app"])
    ConfigSyncSidecar(web, "sync", into=into.mount, source=source, reload=RELOAD)
    return find(synth(chart), "Deployment")


def reloaded(text: str, *, hash_in_name: bool) -> JsonObject:
    """A Deployment whose ConfigMap is reloaded when it changes, as files of an application are."""
    chart = Chart(App(), "board", namespace="board")
    config = ConfigMap(chart, "config", data={"board.ini": text}, hash_in_name=hash_in_name)
    mount = VolumeMount(volume=Volume.config_map("config", config.name), mount_path="/etc/board", read_only=True)
    web = Deployment(chart, "web", containers=[replace(APP, volume_mounts=[mount])])
    ConfigReloader(web, "reload", watch=[mount], reload=RELOAD)
    return find(synth(chart), "Deployment")


def found(document: JsonObject) -> set[str]:
    """The rules that a document breaks."""
    return {finding.rule for finding in judge(opinions=True).object(Object(document))}


@pytest.mark.parametrize("rule", ["sub-path-never-updated", "literal-secret"])
def test_a_file_that_never_changes_and_a_token_in_a_variable_are_found_and_ours_have_neither(rule: str) -> None:
    assert rule in found(plain())
    for document in (*(ours(source) for source in (GIT, LABELLED, SECRETS)), reloaded("a", hash_in_name=False)):
        assert rule not in found(document)


def test_ours_has_no_secret_in_a_variable_even_by_reference() -> None:
    """What is in a variable is in the variables of every process below, and in what it prints when it crashes."""
    for source in (GIT, LABELLED, SECRETS):
        assert "secretKeyRef" not in str(objects_at(container_of(ours(source), "sync"), "env"))


def noticed(document: JsonObject) -> str:
    """By what a sync that works no more is begun anew, if by anything."""
    container = container_of(document, "sync")
    args = [str(word) for word in container.get("args", [])]  # type: ignore[union-attr]
    if "livenessProbe" in container:
        return "its probe"
    ends = [arg for arg in args if arg.startswith("--max-failures=") and not arg.endswith("=-1")]
    return "its end" if ends else ""


def test_a_dead_sync_is_noticed_by_nobody_plainly_and_ours_is_begun_anew() -> None:
    assert noticed(plain()) == ""
    assert noticed(ours(LABELLED)) == "its probe"
    assert noticed(ours(GIT)) == "its end"
    # the agent's end is in its file
    chart = Chart(App(), "board")
    web = Deployment(chart, "web", containers=[APP])
    into = SharedScratch(web, "synced", mount_path="/synced", size_limit="1Mi", medium="Memory").mount
    ConfigSyncSidecar(web, "sync", into=into, source=SECRETS)
    agent = json.loads(text_at(find(synth(chart), "ConfigMap"), "data", "agent.json"))
    assert agent["template_config"]["exit_on_retry_failure"] is True


def test_a_hash_in_the_name_rolls_what_is_reloaded_already_and_a_name_that_stays_does_not() -> None:
    assert reloaded("a", hash_in_name=True) != reloaded("b", hash_in_name=True)
    assert reloaded("a", hash_in_name=False) == reloaded("b", hash_in_name=False)


def test_a_reloader_may_watch_what_is_synced_so_that_many_objects_are_one_reload() -> None:
    chart = Chart(App(), "board", namespace="board")
    web = Deployment(chart, "web", containers=[APP])
    into = SharedScratch(web, "synced", mount_path="/synced", size_limit="16Mi", readers=["app"]).mount
    ConfigSyncSidecar(web, "sync", into=into, source=LABELLED)
    ConfigReloader(web, "reload", watch=[into], reload=RELOAD)
    document = find(synth(chart), "Deployment")
    assert "REQ_URL" not in str(container_of(document, "sync"))
    assert "--watched-dir=/synced" in str(container_of(document, "reload")["args"])
    assert [c["name"] for c in objects_at(pod_spec_of(document), "initContainers")] == ["sync", "reload"]


# --- the first sync -----------------------------------------------------------------------------------------------


def gate(document: JsonObject) -> bool:
    """Whether the application waits until the sync says that it is done."""
    sidecars = objects_at(pod_spec_of(document), "initContainers")
    return any(c["name"] == "sync" and c.get("restartPolicy") == "Always" and "startupProbe" in c for c in sidecars)


def test_an_application_starts_before_the_first_sync_plainly_and_after_it_with_ours() -> None:
    assert not gate(plain())
    assert [gate(ours(source)) for source in (GIT, LABELLED, SECRETS)] == [True] * 3


BEHAVIOUR = Path(os.environ.get("SHARED", Path(__file__).parents[3] / "shared")) / "behaviour"


@pytest.mark.skipif(not BEHAVIOUR.is_dir(), reason="what a kubelet was seen to do is not here")
def test_it_was_seen_to_be_so() -> None:
    """The sidecar of both pods is of use three seconds after its start."""

    def started(pod: str) -> list[float]:
        trace: list[Any] = json.loads((BEHAVIOUR / f"{pod}.json").read_text())["trace"]
        return [
            next(at for at, name, _, event, *_ in trace if (name, event) == (n, "started")) for n in ("proxy", "app")
        ]

    proxy, app = started("gate-without-probe")
    assert app - proxy < 1
    proxy, app = started("gate-by-startup-probe")
    assert app - proxy >= 3

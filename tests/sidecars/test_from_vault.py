"""Secrets of Vault as files: what is rendered, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from patterns import (
    App,
    Chart,
    ConfigMapKey,
    ConfigSyncSidecar,
    Container,
    Deployment,
    FromVault,
    Job,
    JsonObject,
    PatternError,
    ReloadByHttp,
    ReloadBySignal,
    Security,
    SharedScratch,
    VaultKey,
    VaultTemplate,
)
from patterns.model.json import object_at
from patterns.testing import container_of, find, pod_spec_of, synth

PASSWORD = {"password": VaultKey("kv/data/shop", "password")}
GIVEN: dict[str, Any] = {"address": "https://vault.example.com:8200", "role": "shop", "files": PASSWORD}


class Shop:
    """A workload with a directory in memory."""

    def __init__(self, **options: Any) -> None:
        self.chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
        app = Container(name="app", image="registry.example.com/shop:1.4.2")
        given = {"security": Security(run_as_user=1000, run_as_group=1000), **options}
        self.web = Deployment(self.chart, "web", containers=[app], **given)
        self.into = SharedScratch(
            self.web, "secrets", mount_path="/secrets", medium="Memory", size_limit="1Mi", readers=["app"]
        ).mount

    def sync(self, **options: Any) -> None:
        ConfigSyncSidecar(self.web, "vault", **{"into": self.into, "source": FromVault(**GIVEN), **options})

    def rendered(self) -> JsonObject:
        return find(synth(self.chart), "Deployment")

    def config(self) -> Any:
        return json.loads(str(object_at(find(synth(self.chart), "ConfigMap"), "data")["agent.json"]))


def test_smallest_call(yaml_snapshot: object) -> None:
    shop = Shop()
    ConfigSyncSidecar(
        shop.web,
        "vault",
        into=shop.into,
        source=FromVault(address="https://vault.example.com:8200", role="shop", files=PASSWORD),
    )
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    shop = Shop()
    source = FromVault(
        address="https://vault.example.com:8200",
        role="shop",
        files={
            "db/password": VaultKey("kv/data/shop", "password"),
            "old": VaultKey("secret/shop", "a-b", version=1),
            "login.env": VaultTemplate(
                '{{ with secret "database/creds/shop" }}USER={{ .Data.username }}\n'
                "PASSWORD={{ .Data.password }}\n{{ end }}"
            ),
        },
        auth_path="clusters/eu",
        audience="https://vault.example.com",
        namespace="shop",
        ca=ConfigMapKey("authority", "ca.crt"),
        period_seconds=60,
    )
    shop.sync(source=source, reload=ReloadBySignal(process="shop", signal="USR2"))
    assert synth(shop.chart) == yaml_snapshot


def test_the_token_is_for_vault_alone_and_in_the_one_container() -> None:
    shop = Shop()
    shop.sync()
    pod = pod_spec_of(shop.rendered())
    assert pod["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] == "shop-web-vault-api-service-account"
    assert [d["kind"] for d in synth(shop.chart) if "Role" in str(d["kind"])] == []
    assert "token" not in str(container_of(shop.rendered(), "app"))


def test_nothing_secret_is_on_a_disk() -> None:
    shop = Shop()
    disk = SharedScratch(shop.web, "disk", mount_path="/disk").mount
    with pytest.raises(PatternError, match="write SharedScratch"):
        shop.sync(into=disk)


def test_what_is_in_memory_counts_as_memory() -> None:
    shop = Shop()
    shop.sync()
    container = container_of(shop.rendered(), "vault")
    assert object_at(container, "resources") == {
        "requests": {"cpu": "20m", "memory": "129Mi"},
        "limits": {"memory": "129Mi"},
    }


def test_reload_by_request_and_by_signal() -> None:
    request, signal = Shop(), Shop()
    request.sync(reload=ReloadByHttp(url="http://127.0.0.1:8080/$(x)", method="GET"))
    signal.sync(reload=ReloadBySignal(process="shop"))
    # the agent expands nothing
    assert request.config()["template"][0]["exec"]["command"][-3:] == ["reload", "GET", "http://127.0.0.1:8080/$(x)"]
    assert signal.config()["template"][0]["exec"]["command"] == ["/config-sync/config/reload"]
    pod = pod_spec_of(signal.rendered())
    assert pod["shareProcessNamespace"] is True
    assert "shareProcessNamespace" not in pod_spec_of(request.rendered())


def test_in_a_job_it_is_native() -> None:
    chart = Chart(App(), "shop", namespace="shop")
    job = Job(chart, "report", containers=[Container(name="app", image="registry.example.com/report:1.0.0")])
    into = SharedScratch(job, "secrets", mount_path="/secrets", medium="Memory", size_limit="1Mi").mount
    ConfigSyncSidecar(job, "vault", into=into, source=FromVault(**GIVEN))
    assert container_of(find(synth(chart), "Job"), "vault")["restartPolicy"] == "Always"


@pytest.mark.parametrize("text", ["$(HOME)", "${HOME}", "a'b", 'a"b', "#", "%s", "{{x}}", "}}", "\\", "é"])
def test_text_of_a_user_stays_text(text: str) -> None:
    shop = Shop()
    shop.sync(source=FromVault(**{**GIVEN, "role": text, "files": {text: VaultKey("kv/data/shop", text)}}))
    config = shop.config()
    assert config["auto_auth"]["method"][0]["config"]["role"] == text
    assert config["template"][0]["destination"] == f"/secrets/{text}"
    quoted = json.dumps(text, ensure_ascii=False)
    assert f"index .Data.data {quoted}" in config["template"][0]["contents"]
    probe = object_at(container_of(shop.rendered(), "vault"), "startupProbe", "exec")
    command = probe["command"]
    assert isinstance(command, list)
    assert command[-1] == f"/secrets/{text.replace('$(', '$$(')}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"address": "vault:8200"}, "address must be such as 'https://vault.example.com:8200'"),
        ({"address": "http://vault.example.com:8200"}, "whoever sees the requests would have the secrets"),
        ({"address": "https://me:pw@vault.example.com"}, "address must be such as"),
        ({"role": ""}, "role must be given"),
        ({"auth_path": "auth/k8s"}, "auth_path must be such as 'kubernetes', without 'auth/' in front"),
        ({"auth_path": "/k8s/"}, "write 'k8s'"),
        ({"files": {}}, "files must hold one at least"),
        ({"files": {"../a": VaultKey("kv/data/a", "b")}}, "files"),
        ({"files": {"a": "hunter2"}}, "files"),
        ({"period_seconds": 0}, "period_seconds must be at least 1, got 0"),
    ],
)
def test_a_bad_source_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        FromVault(**{**GIVEN, **options})
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VaultKey("kv/shop", "a"), "write 'kv/data/shop', or version=1"),
        (lambda: VaultKey("/kv/data/shop", "a"), "without a slash in front"),
        (lambda: VaultKey("shop", "a"), "path must be such as 'kv/data/shop'"),
        (lambda: VaultKey("kv/data/shop", ""), "key must be given"),
        (lambda: VaultTemplate("hunter2"), "template must ask Vault for something"),
    ],
)
def test_a_bad_file_is_refused(make: Any, message: str) -> None:
    with pytest.raises(PatternError) as raised:
        make()
    assert message in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"port": 9000}, "port must not be given: the source listens on none, got 9000"),
        ({"reload": ReloadBySignal(process="shop"), "security": Security(run_as_user=7)}, "is 1000, and this sidecar"),
    ],
)
def test_a_bad_place_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Shop().sync(**options)
    assert message in str(raised.value)

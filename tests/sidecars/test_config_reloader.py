"""Telling an application that the kubelet has changed its files: what the pod gains, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from patterns import (
    App,
    Chart,
    ConfigReloader,
    Container,
    Deployment,
    JsonObject,
    PatternError,
    ReloadByHttp,
    ReloadBySignal,
    ResourceRequirements,
    Security,
    Volume,
    VolumeMount,
)
from patterns.testing import container_of, find, pod_spec_of, synth

CONFIG = VolumeMount(volume=Volume.config_map("config", "web"), mount_path="/etc/web", read_only=True)
BY_HTTP = ReloadByHttp(url="http://127.0.0.1:9090/-/reload")
BY_SIGNAL = ReloadBySignal(process="nginx")


class Web:
    """A workload with its configuration in a ConfigMap."""

    def __init__(self, app: App | None = None, **options: Any) -> None:
        self.chart = Chart(app or App(), "web", namespace="web", disable_resource_name_hashes=True)
        container = Container(name="app", image="registry.example.com/web:1.0.0", ports=[9090], volume_mounts=[CONFIG])
        given = {"security": Security(run_as_user=101, run_as_group=101), **options}
        self.web = Deployment(self.chart, "web", containers=[container], **given)

    def reload(self, **options: Any) -> None:
        ConfigReloader(self.web, "reload", **{"watch": [CONFIG], "reload": BY_HTTP, **options})

    def rendered(self) -> JsonObject:
        return find(synth(self.chart), "Deployment")


def test_smallest_call_by_http(yaml_snapshot: object) -> None:
    web = Web()
    ConfigReloader(web.web, "reload", watch=[CONFIG], reload=ReloadByHttp(url="http://127.0.0.1:9090/-/reload"))
    assert synth(web.chart) == yaml_snapshot


def test_smallest_call_by_signal(yaml_snapshot: object) -> None:
    web = Web()
    ConfigReloader(web.web, "reload", watch=[CONFIG], reload=ReloadBySignal(process="nginx"))
    assert synth(web.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    web = Web()
    rules = VolumeMount(volume=Volume.config_map("rules", "rules"), mount_path="/etc/rules $(x)")
    web.reload(
        watch=[CONFIG, rules],
        period_seconds=30,
        port=9999,
        image="registry.example.com/prometheus-config-reloader:v0.85.0",
        resources=ResourceRequirements(requests={"memory": "64Mi"}),
        security=Security(run_as_user=7, read_only_root_filesystem=True),
    )
    assert synth(web.chart) == yaml_snapshot


def test_it_reads_and_cannot_write() -> None:
    web = Web()
    web.reload(watch=[VolumeMount(volume=Volume.config_map("config", "web"), mount_path="/etc/web")])
    mounts = container_of(web.rendered(), "reload")["volumeMounts"]
    assert mounts == [{"name": "config", "mountPath": "/etc/web", "readOnly": True}]


def test_a_classic_form_for_old_clusters() -> None:
    web = Web(App(target="1.28"))
    web.reload()
    assert len(pod_spec_of(web.rendered())["containers"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"watch": []}, "watch must hold a mount at least"),
        (
            {"watch": [VolumeMount(volume=CONFIG.volume, mount_path="/etc/web/a", sub_path="a")]},
            "watch must hold mounts without sub_path, and '/etc/web/a' has one",
        ),
        ({"period_seconds": 0}, "period_seconds must be at least 1"),
        ({"reload": ReloadByHttp(url="http://127.0.0.1/", method="GET")}, "reload must be a POST"),
        ({"reload": BY_SIGNAL, "port": 9999}, "port must not be given with a ReloadBySignal"),
        ({"reload": BY_SIGNAL, "security": Security(run_as_user=7)}, "is 101, and this sidecar would run as 7"),
    ],
)
def test_a_mistake_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Web().reload(**options)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("process", "message"),
    [
        ("", "process must be the name of a process"),
        ("/usr/sbin/nginx", "write 'nginx'"),
        ("a-very-long-process-name", "write 'a-very-long-pro'"),
    ],
)
def test_a_name_that_no_process_has_is_refused(process: str, message: str) -> None:
    with pytest.raises(PatternError) as raised:
        ReloadBySignal(process=process)
    assert message in str(raised.value)

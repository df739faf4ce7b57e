"""What a ``PermissionFixer`` renders, and what it refuses. What it does as root is in the integration tier."""

from __future__ import annotations

from typing import Any

import pytest

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    JsonObject,
    Manifest,
    Nfs,
    PatternError,
    PermissionFixer,
    Security,
    StatefulSet,
    Volume,
    VolumeClaim,
    VolumeMount,
)
from patterns.errors import SynthesisError
from patterns.init_containers.permission_fixer import SCRIPT
from patterns.testing import container_of, find, pod_spec_of, synth

DATA = VolumeMount(volume=Volume("data", Nfs(server="nfs.example.com", path="/export/shop")), mount_path="/data")
WHY = "the NFS server knows no fsGroup, and the old release wrote as root"


class Shop:
    """A workload with old data."""

    def __init__(self, **options: Any) -> None:
        self.chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
        app = Container(name="app", image="registry.example.com/shop:1.4.2", volume_mounts=[DATA])
        given = {"security": Security(run_as_user=1000, run_as_group=1000)}
        self.web = Deployment(self.chart, "web", containers=[app], **{**given, **options})

    def fix(self, **options: Any) -> None:
        PermissionFixer(self.web, "fix", **{"volume": DATA, "because": WHY, **options})

    def words(self) -> list[object]:
        command = container_of(find(synth(self.chart), "Deployment"), "fix")["command"]
        assert isinstance(command, list)
        assert command[2] == SCRIPT
        return [*command[3:]]


def test_smallest_call(yaml_snapshot: object) -> None:
    shop = Shop()
    PermissionFixer(shop.web, "fix", volume=DATA, because=WHY)
    assert synth(shop.chart) == yaml_snapshot


def test_every_option() -> None:
    shop = Shop()
    shop.fix(owner=999, group=998, mode="u+rwX,g+rX", image="registry.example.com/busybox:1.37.0", resources=None)
    assert shop.words() == ["fix", "/permission-target", "999", "998", "u+rwX,g+rX"]
    container = container_of(find(synth(shop.chart), "Deployment"), "fix")
    assert container["image"] == "registry.example.com/busybox:1.37.0"
    assert "resources" not in container


def test_it_has_the_least_that_root_needs_and_this_volume_alone() -> None:
    shop = Shop()
    shop.fix()
    container = container_of(find(synth(shop.chart), "Deployment"), "fix")
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"add": ["CHOWN", "FOWNER", "DAC_OVERRIDE"], "drop": ["ALL"]},
        "runAsNonRoot": False,
        "runAsUser": 0,
        "runAsGroup": 0,
        "readOnlyRootFilesystem": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["volumeMounts"] == [{"name": "data", "mountPath": "/permission-target"}]


def test_the_reason_stands_in_the_yaml() -> None:
    shop = Shop()
    shop.fix()
    template = find(synth(shop.chart), "Deployment")["spec"]["template"]  # type: ignore[index, call-overload]
    assert template["metadata"]["annotations"] == {"permission-fixer.cdk8s-pod-patterns/fix": WHY}  # type: ignore[index, call-overload]


def test_where_restricted_is_enforced_it_stops_the_synthesis() -> None:
    app = App(pod_security="restricted")
    chart = Chart(app, "shop")
    container = Container(name="app", image="registry.example.com/shop:1.4.2", volume_mounts=[DATA])
    web = Deployment(chart, "web", containers=[container], security=Security(run_as_user=1000, run_as_group=1000))
    PermissionFixer(web, "fix", volume=DATA, because=WHY)
    with pytest.raises(SynthesisError, match=r"container 'fix'.*capabilities"):
        app.synth()


def test_somebody_else_s_workload_gains_it_and_keeps_what_it_has() -> None:
    chart = Chart(App(), "c")
    containers: list[Any] = [{"name": "app", "image": "a:1", "securityContext": {"runAsUser": 5, "runAsGroup": 6}}]
    template: JsonObject = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": containers}}
    body: JsonObject = {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    web = Manifest(chart, "web", api_version="apps/v1", kind="Deployment", body=body)
    PermissionFixer(web, "fix", volume=DATA, because=WHY)
    spec = pod_spec_of(find(synth(chart), "Deployment"))
    assert spec["containers"] == containers
    assert container_of(find(synth(chart), "Deployment"), "fix")["command"][5:7] == ["5", "6"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"because": " "}, "because must be the reason, in one line of text, got ' '"),
        ({"mode": "777"}, "mode must be in chmod's words, such as 'u+rwX,g+rX', got '777'"),
        ({"mode": "o+w"}, "mode must not let everybody write, got 'o+w'; give the group the right: 'g+rwX'"),
        ({"mode": "g+rX,+w"}, "mode must not let everybody write"),
        ({"mode": "u+s"}, "mode must be in chmod's words"),
        ({"owner": -1}, "owner"),
        (
            {"volume": VolumeMount(volume=Volume.empty_dir("tmp", size_limit="1Mi"), mount_path="/tmp")},
            "volume must be one that fsGroup does not serve, and 'tmp' is an emptyDir",
        ),
        (
            {"volume": VolumeMount(volume=Volume.config_map("c", "c"), mount_path="/c")},
            "must be a volume that can be written",
        ),
    ],
)
def test_a_mistake_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Shop().fix(**options)
    assert message in str(raised.value)


def test_a_claim_is_taken_since_nobody_knows_its_driver() -> None:
    claim = VolumeClaim(name="data", size="1Gi")
    app = Container(name="app", image="registry.example.com/shop:1.4.2", volume_mounts=[claim.mount("/data")])
    chart = Chart(App(), "shop")
    shop = StatefulSet(
        chart,
        "shop",
        service_name="shop",
        containers=[app],
        volume_claims=[claim],
        security=Security(run_as_user=1000, run_as_group=1000, fs_group=1000),
    )
    PermissionFixer(shop, "fix", volume=claim.mount("/data"), because=WHY)
    assert container_of(find(synth(chart), "StatefulSet"), "fix")["volumeMounts"] == [
        {"name": "data", "mountPath": "/permission-target"}
    ]
    Shop().fix(volume=VolumeMount(volume=Volume.pvc("old", "old"), mount_path="/old"))


def test_files_of_nobody_known_are_refused() -> None:
    with pytest.raises(PatternError, match="owner must be given, since the pod does not tell it"):
        Shop(security=Security()).fix()

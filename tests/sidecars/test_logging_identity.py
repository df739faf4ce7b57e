"""As whom a `LoggingSidecar` runs, so that it reads what the application writes."""

from __future__ import annotations

from sidecars.logged_shop import Shop

from patterns.app import App
from patterns.model import (
    Container,
    Security,
    SecurityContext,
    Volume,
    VolumeMount,
)
from patterns.model.json import object_at
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.testing import container_of, find, pod_spec_of, synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.deployment import Deployment
from patterns.workloads.stateful_set import StatefulSet
from patterns.workloads.volume_claim import VolumeClaim


def _identity(shop: Shop) -> tuple[object, object, object]:
    context = object_at(shop.container(), "securityContext")
    pod = object_at(pod_spec_of(shop.deployment()), "securityContext")
    return context.get("runAsUser"), context.get("runAsGroup"), pod.get("fsGroup")


def test_it_runs_as_the_application_where_the_pod_tells_its_user() -> None:
    shop = Shop(
        Container(name="app", image="shop:1.4.2", security_context=SecurityContext(run_as_user=1000, run_as_group=2000))
    )
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    assert _identity(shop) == (1000, 2000, None)


def test_only_the_containers_that_write_the_logs_matter() -> None:
    chart = Chart(App(), "shop")
    web = Deployment(
        chart,
        "web",
        containers=[
            Container(name="app", image="shop:1.4.2", security_context=SecurityContext(run_as_user=1000)),
            Container(name="other", image="other:1", security_context=SecurityContext(run_as_user=2000)),
        ],
    )
    logs = SharedScratch(web, "app-logs", mount_path="/var/log/app", writers=["app"])
    LoggingSidecar(web, "log-shipper", logs=logs.mount, files=["access.log"])
    context = object_at(container_of(find(synth(chart), "Deployment"), "log-shipper"), "securityContext")
    assert context["runAsUser"] == 1000


def test_it_shares_a_group_where_the_user_is_not_known() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    LoggingSidecar(shop.web, "second", logs=shop.logs, files=["error.log"])
    assert _identity(shop) == (65532, 65532, 65532)


def test_a_group_that_is_there_already_is_left_as_it_is() -> None:
    shop = Shop(security=Security(fs_group=3000))
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    assert _identity(shop)[2] == 3000


def test_without_security_nothing_of_it_is_rendered() -> None:
    shop = Shop(security=None)
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], security=None)
    assert "securityContext" not in pod_spec_of(shop.deployment())
    assert "securityContext" not in shop.container()


def test_somebody_else_s_pod_gets_no_group() -> None:
    import cdk8s

    chart = Chart(App(), "shop")
    template = {"spec": {"containers": [{"name": "app", "image": "shop:1.4.2"}]}}
    web = cdk8s.ApiObject(chart, "web", api_version="apps/v1", kind="Deployment")
    web.add_json_patch(cdk8s.JsonPatch.add("/spec", {"template": template}))
    logs = SharedScratch(web, "app-logs", mount_path="/var/log/app")
    LoggingSidecar(web, "log-shipper", logs=logs.mount, files=["access.log"])
    pod = pod_spec_of(find(synth(chart), "Deployment"))
    assert "securityContext" not in pod


def test_a_pod_whose_volumes_keep_data_gets_no_group_unasked() -> None:
    chart = Chart(App(), "shop")
    data = VolumeClaim(name="data", size="1Gi")
    for name, mount in (
        ("template", data.mount("/data")),
        ("claim", VolumeMount(volume=Volume.pvc("data", "data"), mount_path="/data")),
    ):
        database = StatefulSet(
            chart,
            name,
            name=name,
            volume_claims=[data] if name == "template" else [],
            containers=[Container(name="app", image="db:1", volume_mounts=[mount])],
        )
        logs = SharedScratch(database, "logs", mount_path="/logs")
        LoggingSidecar(database, "log", logs=logs.mount, files=["a"])
        assert "fsGroup" not in object_at(pod_spec_of(find(synth(chart), "StatefulSet", name)), "securityContext")

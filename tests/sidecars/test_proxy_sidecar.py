"""`ProxySidecar` in a pod, with products of a team's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cdk8s
import pytest
import yaml
from sidecars.proxied_shop import APP, FullGateway, Gateway, Outbound, Shop
from syrupy.assertion import SnapshotAssertion

from patterns.app import App
from patterns.errors import Conflict, InvalidValue, NotFound, PatternError, WrongType
from patterns.init_containers.init_container import InitContainer
from patterns.model import (
    Container,
    ContainerPort,
    Exec,
    HttpGet,
    Lifecycle,
    Probe,
    ResourceRequirements,
    Security,
    TcpSocket,
)
from patterns.model.json import object_at, objects_at, text_at
from patterns.objects.service import Service, ServicePort
from patterns.sidecars.proxy_program import Proxy, ProxyPlace, ProxyProgram
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.sidecars.sidecar import Sidecar
from patterns.testing import container_of, find, pod_spec_of, synth
from patterns.tree import Chart
from patterns.workloads.job import Job

# --- whole documents ----------------------------------------------------------------------------------------------


def test_smallest_call(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop(
        Container(
            name="app", image="registry.example.com/shop:1.4.2", ports=[8080, ContainerPort(9090, name="metrics")]
        )
    )
    Sidecar(shop.web, "first", container=Container(name="first", image="registry.example.com/first:1.0.0"))
    Sidecar(shop.web, "last", container=Container(name="last", image="registry.example.com/last:1.0.0"))
    ProxySidecar(
        shop.web,
        "proxy",
        proxy=FullGateway(),
        application_port=8080,
        port=8443,
        loopback_env={"HOST": "127.0.0.1"},
        also_open=[9090],
        drain_seconds=10,
        grace_seconds=9,
        image="registry.example.com/mirror/gateway:2.1.1",
        command=["/gateway", "--verbose"],
        env={"GATEWAY_MODE": "lenient", "TZ": "UTC"},
        resources=ResourceRequirements(requests={"cpu": "1", "memory": "1Gi"}, limits={"memory": "1Gi"}),
        security=Security(run_as_user=1500),
        before=["last"],
        after=["first"],
    )
    assert synth(shop.chart) == yaml_snapshot


def test_all_that_a_product_can_have(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=FullGateway())
    assert synth(shop.chart) == yaml_snapshot


def test_one_to_which_no_clients_come(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop(Container(name="app", image="registry.example.com/shop:1.4.2"))
    ProxySidecar(shop.web, "proxy", proxy=Outbound())
    assert synth(shop.chart) == yaml_snapshot


# --- ports --------------------------------------------------------------------------------------------------------


def _ports(service: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [(port.get("port"), port.get("targetPort")) for port in service["spec"]["ports"]]


@pytest.mark.parametrize("first", ["service", "proxy"])
def test_services_lead_to_the_proxy_in_any_order(first: str) -> None:
    shop = Shop()
    if first == "proxy":
        ProxySidecar(shop.web, "proxy", proxy=Gateway())
    ports = [ServicePort(port=80, target_port=8080, name="http"), ServicePort(port=8080, name="alt")]
    Service(shop.chart, "service", workload=shop.web, ports=ports)
    if first == "service":
        ProxySidecar(shop.web, "proxy", proxy=Gateway())
    assert _ports(find(synth(shop.chart), "Service")) == [(80, 8081), (8080, 8081)]


def test_the_pod_says_what_stands_in_front_of_its_port() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    annotations = object_at(shop.deployment(), "spec", "template", "metadata", "annotations")
    assert annotations == {"target-port.cdk8s-pod-patterns/8080": "8081"}


def test_one_proxy_stands_in_front_of_another() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "router", proxy=Gateway())
    ProxySidecar(shop.web, "login", proxy=Gateway(), application_port=8081, network_policy=False)
    Service(shop.chart, "service", workload=shop.web, ports=[8080])
    documents = synth(shop.chart)
    assert _ports(find(documents, "Service")) == [(8080, 8082)]
    # nobody goes past the outer one, to the inner one
    assert object_at(find(documents, "NetworkPolicy"), "spec")["ingress"] == [
        {"ports": [{"protocol": "TCP", "port": 8082}]}
    ]


def test_a_port_that_another_sidecar_declares_is_left_to_it() -> None:
    shop = Shop()
    other = Container(name="other", image="registry.example.com/other:1.0.0", ports=[8081])
    Sidecar(shop.web, "other", container=other)
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    assert shop.container()["ports"] == [{"containerPort": 8082}]


def test_a_port_that_is_declared_later_is_a_conflict_with_both_names() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    other = Container(name="other", image="registry.example.com/other:1.0.0", ports=[8081])
    with pytest.raises(
        Conflict, match="port 8081/TCP of container 'other' is taken by container 'proxy' of ProxySidecar"
    ):
        Sidecar(shop.web, "other", container=other)


def test_only_the_proxy_s_port_is_open_to_other_pods() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Gateway(), also_open=[9090])
    spec = object_at(find(synth(shop.chart), "NetworkPolicy"), "spec")
    assert spec["podSelector"] == {"matchLabels": shop.web.selector}
    assert spec["policyTypes"] == ["Ingress"]
    assert spec["ingress"] == [{"ports": [{"protocol": "TCP", "port": 8081}, {"protocol": "TCP", "port": 9090}]}]


def test_without_a_policy_the_product_is_told_so() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=FullGateway(), network_policy=False)
    assert [d for d in synth(shop.chart) if d["kind"] == "NetworkPolicy"] == []
    assert "lifecycle" not in shop.container()


# --- start and stop -----------------------------------------------------------------------------------------------


def test_the_application_starts_when_the_proxy_takes_connections() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=FullGateway())
    container = shop.container()
    assert container["restartPolicy"] == "Always"
    ready = {"path": "/ready", "port": 8082}
    assert container["startupProbe"] == {"httpGet": ready, "periodSeconds": 1, "failureThreshold": 20}
    assert object_at(container, "readinessProbe")["httpGet"] == ready


def test_the_application_goes_on_while_endpoints_go_away_and_the_proxy_only_drains() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=FullGateway())
    assert shop.container("app")["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert shop.container()["lifecycle"] == {"preStop": {"httpGet": {"path": "/drain", "port": 8082}}}
    assert pod_spec_of(shop.deployment())["terminationGracePeriodSeconds"] == 30 + 5 + 7


def test_an_init_container_that_needs_the_way_out_comes_after_it() -> None:
    shop = Shop()
    InitContainer(shop.web, "migrate", container=Container(name="migrate", image="registry.example.com/shop:1.4.2"))
    ProxySidecar(shop.web, "proxy", proxy=Gateway(), before=["migrate"])
    spec = pod_spec_of(shop.deployment())
    assert [text_at(c, "name") for c in objects_at(spec, "initContainers")] == ["proxy", "migrate"]


def test_a_hook_of_the_application_s_own_stays() -> None:
    hook = Lifecycle(pre_stop=Exec(["/drain"]))
    shop = Shop(Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080], lifecycle=hook))
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    assert shop.container("app")["lifecycle"] == {"preStop": {"exec": {"command": ["/drain"]}}}


def test_a_cluster_without_sleeping_hooks_gets_none() -> None:
    shop = Shop(app=App(target="1.29"))
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    assert "lifecycle" not in shop.container("app")
    assert pod_spec_of(shop.deployment())["terminationGracePeriodSeconds"] == 30 + 5


def test_without_native_sidecars_it_is_one_of_the_containers() -> None:
    shop = Shop(app=App(target="1.28"))
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    spec = pod_spec_of(shop.deployment())
    assert [c["name"] for c in objects_at(spec, "containers")] == ["app", "proxy"]
    assert "initContainers" not in spec


def test_a_classic_one_sleeps_longer_than_the_application() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=FullGateway(), native=False)
    assert shop.container("app")["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert shop.container()["lifecycle"] == {"preStop": {"sleep": {"seconds": 5 + 7}}}


def test_a_job_ends_with_a_native_one_and_refuses_a_classic_one() -> None:
    chart = Chart(App(), "shop")
    job = Job(chart, "report", containers=[Container(name="report", image="registry.example.com/report:1.0.0")])
    ProxySidecar(job, "proxy", proxy=Outbound())
    assert container_of(find(synth(chart), "Job"), "proxy")["restartPolicy"] == "Always"
    with pytest.raises(InvalidValue, match="native must be True in a pod that has to end by itself"):
        ProxySidecar(job, "classic", proxy=Outbound(), native=False)


# --- the container ------------------------------------------------------------------------------------------------


def test_it_asks_for_the_room_of_its_directories() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=FullGateway())
    assert object_at(shop.container(), "resources", "requests")["ephemeral-storage"] == "80Mi"


def test_it_runs_as_the_image_s_user_unless_the_pod_names_one() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=FullGateway())
    assert object_at(shop.container(), "securityContext")["runAsUser"] == 1234
    named = Shop(security=Security(run_as_user=1000))
    ProxySidecar(named.web, "proxy", proxy=FullGateway())
    assert "runAsUser" not in object_at(named.container(), "securityContext")


def test_somebody_else_s_pod_gets_it_too(yaml_snapshot: SnapshotAssertion) -> None:
    chart = Chart(App(), "shop")
    theirs = yaml.safe_load("""
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, version: "7"}}
    spec:
      containers:
        - name: app
          image: registry.example.com/shop:1.4.2
          ports: [{containerPort: 8080}]
""")
    web = cdk8s.ApiObject(
        chart, "web", api_version="apps/v1", kind="Deployment", metadata={"name": "web", "namespace": "shop"}
    )
    web.add_json_patch(cdk8s.JsonPatch.add("/spec", theirs["spec"]))
    ProxySidecar(web, "proxy", proxy=Gateway())
    assert synth(chart) == yaml_snapshot


# --- errors -------------------------------------------------------------------------------------------------------


class _Wrong:
    def preferred_ports(self) -> dict[str, int]:
        return {"proxy": 8081}

    def proxy_program(self, place: ProxyPlace) -> dict[str, str]:
        return {"image": "gateway"}


class _Waiting(Gateway):
    """One that is ready when the application is."""

    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        return ProxyProgram(image="registry.example.com/g:1.0.0", command=["/g"], ready=HttpGet(8080, path="/health"))


REFUSED: dict[str, tuple[Mapping[str, Any], type[PatternError], str]] = {
    "no product": ({"proxy": "envoy"}, WrongType, "proxy must be a Proxy, got a str 'envoy'"),
    "a product that gives no program": (
        {"proxy": _Wrong()},
        WrongType,
        "proxy: proxy_program() must give a ProxyProgram, got {'image': 'gateway'}",
    ),
    "a proxy that waits for the application, which waits for it": (
        {"proxy": _Waiting()},
        InvalidValue,
        (
            "proxy: ready must not ask the application's port 8080: the application starts when the proxy is ready, "
            "and neither ever would be; ask the proxy itself"
        ),
    ),
    "the application's own port": (
        {"port": 8080},
        InvalidValue,
        "port must be another one than the application's, got 8080",
    ),
    "no port at all": ({"application_port": 0}, InvalidValue, "application_port must be 1-65535, got 0"),
    "a way past the proxy": (
        {"also_open": [8080]},
        InvalidValue,
        "also_open[0] must not be 8080, the application's port, which would lead past the proxy",
    ),
    "opened where nothing is closed": (
        {"also_open": [9090], "network_policy": False},
        InvalidValue,
        "also_open must be left out with network_policy=False, which closes nothing",
    ),
    "less than no time": ({"drain_seconds": -1}, InvalidValue, "drain_seconds must be at least 0, got -1"),
    "an option for clients": (
        {"proxy": Outbound(), "port": 1234},
        InvalidValue,
        "port must be left out: no clients come to this proxy, which is for what the application asks",
    ),
}


@pytest.mark.parametrize(("options", "kind", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(options: Mapping[str, Any], kind: type[PatternError], message: str) -> None:
    shop = Shop()
    with pytest.raises(kind) as caught:
        ProxySidecar(shop.web, "proxy", **{"proxy": Gateway(), **options})
    assert str(caught.value) == f"ProxySidecar 'shop/web/proxy': {message}"


def test_an_application_with_several_ports_is_asked_which() -> None:
    shop = Shop(
        Container(
            name="app", image="registry.example.com/shop:1.4.2", ports=[8080, ContainerPort(9090, name="metrics")]
        )
    )
    with pytest.raises(InvalidValue) as caught:
        ProxySidecar(shop.web, "proxy", proxy=Gateway())
    assert caught.value.message == (
        "application_port must be given, since the application declares several ports, 8080 and 9090 (metrics); write "
        "the one that the proxy stands in front of: application_port=8080"
    )


def test_an_application_without_ports_is_asked_which() -> None:
    ports = [ContainerPort(53, protocol="UDP")]
    shop = Shop(Container(name="app", image="registry.example.com/shop:1.4.2", ports=ports))
    with pytest.raises(InvalidValue, match="no container of the application declares a TCP port"):
        ProxySidecar(shop.web, "proxy", proxy=Gateway())
    assert shop.web.node.try_remove_child("proxy")
    ProxySidecar(shop.web, "gateway", proxy=Gateway(), application_port=8080)
    assert shop.container("gateway")["command"] == ["/gateway", "--listen=:8081", "--to=127.0.0.1:8080"]


@pytest.mark.parametrize("handler", [HttpGet("http", path="/health"), TcpSocket(8080)])
def test_probes_of_an_application_on_loopback_would_never_succeed(handler: HttpGet | TcpSocket) -> None:
    ports = [ContainerPort(8080, name="http")]
    app = Container(
        name="app", image="registry.example.com/shop:1.4.2", ports=ports, readiness_probe=Probe(handler=handler)
    )
    shop = Shop(app)
    with pytest.raises(InvalidValue) as caught:
        ProxySidecar(shop.web, "proxy", proxy=Gateway(), loopback_env={"HOST": "127.0.0.1"})
    assert caught.value.message == (
        "loopback_env lets the application listen on 127.0.0.1 alone, so the readinessProbe of container 'app' on port "
        "8080 would never succeed: the kubelet asks the pod's address; ask through the proxy, on port 8081, or by exec"
    )


def test_an_application_on_loopback_is_asked_through_the_proxy() -> None:
    probe = Probe.http(8081, path="/health")
    shop = Shop(Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080], readiness_probe=probe))
    ProxySidecar(shop.web, "proxy", proxy=Gateway(), loopback_env={"HOST": "127.0.0.1"})
    assert shop.container("app")["env"] == [{"name": "HOST", "value": "127.0.0.1"}]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"hostNetwork": True}, "the pod must not have hostNetwork"),
        ({"os": {"name": "windows"}}, "the pod is for Windows"),
    ],
)
def test_a_pod_in_which_it_guards_nothing_is_refused(spec: Mapping[str, Any], message: str) -> None:
    shop = Shop(pod_spec=dict(spec), security=None)
    with pytest.raises(InvalidValue, match=message):
        ProxySidecar(shop.web, "proxy", proxy=Gateway())


def test_a_second_proxy_in_front_of_one_port_is_refused_with_both_names() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Gateway())
    with pytest.raises(
        Conflict, match="port 8080 of the application is behind port 8081 of ProxySidecar 'shop/web/proxy'"
    ):
        ProxySidecar(shop.web, "second", proxy=Gateway(), network_policy=False)


def test_a_pod_without_labels_cannot_be_closed() -> None:
    chart = Chart(App(), "shop")
    spec = {"containers": [{"name": "app", "image": "shop:1.0.0", "ports": [{"containerPort": 8080}]}]}
    pod = cdk8s.ApiObject(chart, "web", api_version="v1", kind="Pod")
    pod.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    with pytest.raises(InvalidValue, match="the pod must have labels, by which a NetworkPolicy selects it"):
        ProxySidecar(pod, "proxy", proxy=Gateway())


def test_a_place_without_a_workload_is_refused() -> None:
    with pytest.raises(NotFound, match="there is no workload at or above"):
        ProxySidecar(Chart(App(), "shop"), "proxy", proxy=Gateway())


PROGRAMS: dict[str, tuple[Mapping[str, Any], str]] = {
    "no program": ({"command": []}, "command must hold at least the program"),
    "a secret in the ConfigMap": (
        {"config": {"a.ini": "url = postgres://shop:hunter22@db/shop"}},
        "config: 'a.ini' holds an address with a password, which everybody who reads the ConfigMap would see",
    ),
    "a file in a folder": ({"config": {"a/b": ""}}, "config: a file name"),
    "a file above": ({"files": {"../a": HttpGet(1)}}, "files"),
    "a relative directory": ({"writable": {"tmp": "1Mi"}}, "writable['tmp'] must be"),
    "no time to stop": ({"grace_seconds": 0}, "grace_seconds must be at least 1, got 0"),
}


@pytest.mark.parametrize(("options", "message"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_that_cannot_be_run_is_refused(options: Mapping[str, Any], message: str) -> None:
    base: dict[str, Any] = {"image": "g:1.0.0", "command": ["/g"], "ready": HttpGet(8081)}
    with pytest.raises(PatternError) as caught:
        ProxyProgram(**{**base, **options})
    assert caught.value.message.startswith(message)


def test_a_class_of_one_s_own_is_a_proxy() -> None:
    assert isinstance(Gateway(), Proxy)
    assert text_at(APP.render(), "name") == "app"

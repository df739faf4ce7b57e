"""A Fluent Bit in a pod."""

from __future__ import annotations

import pytest
from sidecars.logged_shop import ES, Shop

from patterns.errors import Conflict, InvalidValue
from patterns.model import (
    ConfigMapKey,
    Container,
    SecretKey,
)
from patterns.model.json import object_at, objects_at, text_at
from patterns.sidecars import scripts
from patterns.sidecars.elasticsearch import Elasticsearch
from patterns.sidecars.log_output import FluentBitOutput, LogOutput, Stdout
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.sidecars.sidecar import Sidecar
from patterns.testing import pod_spec_of, synth


def test_the_pod_s_grace_grows_by_what_fluent_bit_needs() -> None:
    shop = Shop()
    LoggingSidecar(
        shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, grace_seconds=20, drain_seconds=8
    )
    assert pod_spec_of(shop.deployment())["terminationGracePeriodSeconds"] == 30 + 20 + 5 + 8
    assert object_at(shop.configuration(), "service")["grace"] == 20


def test_a_changed_configuration_rolls_the_pods() -> None:
    names = set[str]()
    for index in ("shop", "store"):
        shop = Shop()
        to = Elasticsearch(url="https://logs.example.com:9200", index=index)
        LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to)
        volumes = objects_at(pod_spec_of(shop.deployment()), "volumes")
        names |= {str(object_at(volume, "configMap").get("name")) for volume in volumes if "configMap" in volume}
    assert len(names) == 2


def test_several_sidecars_of_one_pod_do_not_meet() -> None:
    shop = Shop(name="web")
    LoggingSidecar(shop.web, "access", logs=shop.logs, files=["access.log"], to=ES)
    LoggingSidecar(shop.web, "error", logs=shop.logs, files=["error.log"], to=ES)
    LoggingSidecar(shop.web, "audit", logs=shop.logs, files=["audit.log"])
    deployment = shop.deployment()
    pod = pod_spec_of(deployment)
    ports = [p["containerPort"] for c in objects_at(pod, "initContainers") for p in objects_at(c, "ports")]
    assert ports == [2020, 2021]
    assert [v["name"] for v in objects_at(pod, "volumes")] == [
        "app-logs", "access-config", "access-state", "error-config", "error-state",
    ]  # fmt: skip
    assert pod["terminationGracePeriodSeconds"] == 30 + (10 + 5) + (10 + 5) + 5
    configs = [d for d in synth(shop.chart) if d["kind"] == "ConfigMap"]
    assert len({text_at(c, "metadata", "name") for c in configs}) == 2


def test_the_user_s_variables_keep_their_names() -> None:
    shop = Shop()
    to = FluentBitOutput("http", {"http_passwd": SecretKey("logs", "password"), "uri": ConfigMapKey("logs", "uri")})
    env: dict[str, str | SecretKey] = {"POD_NAME": "mine", "LOG_OUTPUT_HTTP_PASSWD": SecretKey("other", "password")}
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to, env=env)
    names = [e["name"] for e in objects_at(shop.container(), "env")]
    assert names == [
        "LOGGING_POD_NAME", "POD_NAMESPACE", "NODE_NAME", "POD_IP", "LOGGING_LOG_OUTPUT_HTTP_PASSWD", "LOG_OUTPUT_URI",
        "POD_NAME", "LOG_OUTPUT_HTTP_PASSWD",
    ]  # fmt: skip
    pipeline = object_at(shop.configuration(), "pipeline")
    assert objects_at(pipeline, "outputs")[0]["http_passwd"] == "${LOGGING_LOG_OUTPUT_HTTP_PASSWD}"
    assert objects_at(pipeline, "filters")[0]["set"] == [
        "pod_name ${LOGGING_POD_NAME}", "namespace_name ${POD_NAMESPACE}", "node_name ${NODE_NAME}",
    ]  # fmt: skip


def test_a_secret_is_referred_to_by_a_variable() -> None:
    shop = Shop()
    to = Elasticsearch(
        url="https://logs.example.com:9200", index="shop", user="shop", password=SecretKey("es", "password")
    )
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to)
    assert objects_at(shop.configuration(), "pipeline", "outputs")[0]["http_passwd"] == "${LOG_OUTPUT_HTTP_PASSWD}"
    assert {
        "name": "LOG_OUTPUT_HTTP_PASSWD",
        "valueFrom": {"secretKeyRef": {"name": "es", "key": "password"}},
    } in objects_at(shop.container(), "env")


def test_the_logs_and_the_state_volume_are_asked_for_as_ephemeral_storage_and_never_limited() -> None:
    """A limit of this container alone would be the whole pod's: kubelet, podEphemeralStorageLimitEviction."""
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, state_size_limit="96Mi")
    assert shop.container()["resources"] == {
        "requests": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "352Mi"},
        "limits": {"memory": "64Mi"},
    }


def test_without_a_limit_of_the_state_only_the_logs_are_asked_for() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, state_size_limit=None)
    assert object_at(shop.container(), "resources", "requests")["ephemeral-storage"] == "256Mi"
    assert "storage.total_limit_size" not in objects_at(shop.configuration(), "pipeline", "outputs")[0]


def test_names_stay_within_63_characters() -> None:
    names = list[object]()
    for last in "ab":
        shop = Shop()
        long = "l" * 62 + last
        LoggingSidecar(shop.web, long, logs=shop.logs, files=["access.log"], to=ES)
        pod = pod_spec_of(shop.deployment())
        names += [v["name"] for v in objects_at(pod, "volumes") if v["name"] != "app-logs"]
        names += [c["name"] for c in objects_at(pod, "initContainers")]
    assert len(set(names)) == 8
    assert all(len(str(name)) <= 63 for name in names)


# --- the stop -----------------------------------------------------------------------------------------------------


def test_a_second_sidecar_holds_the_stop_signal_back_while_fluent_bit_reads_on() -> None:
    """Native sidecars stop in reverse order, so what is listed after Fluent Bit is stopped before it."""
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, drain_seconds=7)
    Sidecar(shop.web, "early", container=Container(name="early", image="early:1"), after=["log-shipper-drain"])
    pod = pod_spec_of(shop.deployment())
    assert [c["name"] for c in objects_at(pod, "initContainers")] == ["log-shipper", "log-shipper-drain", "early"]
    drain = shop.container("log-shipper-drain")
    assert drain["restartPolicy"] == "Always"
    assert drain["command"] == scripts.drain("log-shipper-drain", 7)
    assert drain["securityContext"] == shop.container()["securityContext"]


def test_the_order_holds_where_something_else_is_ordered_against_the_second_one() -> None:
    shop = Shop()
    Sidecar(shop.web, "early", container=Container(name="early", image="early:1"), after=["log-shipper-drain"])
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES)
    listed = objects_at(pod_spec_of(shop.deployment()), "initContainers")
    assert [c["name"] for c in listed] == ["log-shipper", "log-shipper-drain", "early"]


def test_no_drain_is_asked_for_and_none_is_rendered() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, drain_seconds=0)
    pod = pod_spec_of(shop.deployment())
    assert [c["name"] for c in objects_at(pod, "initContainers")] == ["log-shipper"]
    assert pod["terminationGracePeriodSeconds"] == 30 + 5 + 5


def test_without_resources_the_second_sidecar_has_none_either() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, resources=None)
    assert "resources" not in shop.container("log-shipper-drain")


def test_a_classic_sidecar_sleeps_before_its_stop_where_it_is_told_to() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, native=False, drain_seconds=40)
    pod = pod_spec_of(shop.deployment())
    assert [c["name"] for c in objects_at(pod, "containers")] == ["app", "log-shipper"]
    assert shop.container()["lifecycle"] == {"preStop": {"sleep": {"seconds": 40}}}
    assert pod["terminationGracePeriodSeconds"] == 40 + 5 + 5


def test_a_classic_sidecar_stops_beside_the_application() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, native=False)
    pod = pod_spec_of(shop.deployment())
    assert [c["name"] for c in objects_at(pod, "containers")] == ["app", "log-shipper"]
    assert pod["terminationGracePeriodSeconds"] == 30
    assert "lifecycle" not in shop.container()


# --- the node's network -------------------------------------------------------------------------------------------


def test_a_pod_on_its_node_s_network_declares_no_port() -> None:
    """The API server makes a host port of it: kubernetes, SetDefaults_PodSpec, defaultHostNetworkPorts."""
    shop = Shop(Container(name="app", image="shop:1"), pod_spec={"hostNetwork": True})
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, port=24220)
    assert "ports" not in shop.container()
    assert object_at(shop.container(), "livenessProbe", "httpGet")["port"] == 24220
    assert object_at(shop.configuration(), "service")["http_port"] == 24220


@pytest.mark.parametrize("other", ["declared", "probed"])
def test_a_port_of_the_node_that_is_taken_in_the_pod_is_refused(other: str) -> None:
    ports = [24220] if other == "declared" else []
    shop = Shop(Container(name="app", image="shop:1", ports=ports), pod_spec={"hostNetwork": True})
    if other == "probed":
        LoggingSidecar(shop.web, "app-shipper", logs=shop.logs, files=["app.log"], to=ES, port=24220)
    with pytest.raises(Conflict) as caught:
        LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, port=24220)
    assert str(caught.value) == (
        f"LoggingSidecar 'shop/web/log-shipper': port 24220 is taken by container "
        f"'{'app' if other == 'declared' else 'app-shipper'}'; the containers of a pod share one network namespace, so "
        "only one can listen there: give one another port"
    )


def test_a_pod_on_its_node_s_network_needs_a_port_of_its_own() -> None:
    shop = Shop(Container(name="app", image="shop:1"), pod_spec={"hostNetwork": True})
    with pytest.raises(InvalidValue) as caught:
        LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES)
    assert str(caught.value) == (
        "LoggingSidecar 'shop/web/log-shipper': port must be given in a pod with hostNetwork, where Fluent Bit listens "
        "on the node itself, beside the node's programs and other pods; choose one that is free on every node: "
        "port=24220"
    )


# --- the pod's status ---------------------------------------------------------------------------------------------


def test_the_pod_s_status_says_why_it_ended_where_its_log_is_its_own() -> None:
    policies = dict[str, object]()
    lines = FluentBitOutput("stdout", {"format": "json_lines"})
    destinations: dict[str, LogOutput] = {"es": ES, "lines": lines, "tail": Stdout()}
    for name, to in destinations.items():
        shop = Shop()
        LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to)
        policies[name] = shop.container().get("terminationMessagePolicy")
    assert policies == {"es": "FallbackToLogsOnError", "lines": None, "tail": None}

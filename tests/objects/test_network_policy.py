"""The ports that an `OpenPorts` leaves open."""

from __future__ import annotations

import pytest

from patterns.app import App
from patterns.errors import InvalidValue
from patterns.model import Container, JsonObject
from patterns.objects.network_policy import OpenPorts
from patterns.pod.contribution import Contribution
from patterns.testing import find, synth
from patterns.tree import Chart
from patterns.workloads.deployment import Deployment
from patterns.workloads.pod import Pod

APP = Container(name="app", image="registry.example.com/app:1.0.0", ports=[8080])


def _spec(chart: Chart) -> JsonObject:
    spec = find(synth(chart), "NetworkPolicy")["spec"]
    assert isinstance(spec, dict)
    return spec


def test_other_pods_reach_these_ports_of_the_workload_s_pods() -> None:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[APP], selector={"app": "web"})
    OpenPorts(web, "policy", workload=web, ports=[10000, 9090])
    assert _spec(chart) == {
        "podSelector": {"matchLabels": {"app": "web"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"ports": [{"protocol": "TCP", "port": 10000}, {"protocol": "TCP", "port": 9090}]}],
    }


def test_what_is_placed_in_front_of_an_open_port_later_is_open_instead() -> None:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[APP])
    OpenPorts(web, "policy", workload=web, ports=[10000, 4180])
    web.contribute(Contribution(target_ports={10000: 4180}), "OAuth2")
    assert _spec(chart)["ingress"] == [{"ports": [{"protocol": "TCP", "port": 4180}]}]


def test_a_pod_without_labels_is_refused() -> None:
    chart = Chart(App(), "shop")
    pod = Pod(chart, "web", containers=[APP], recommended_labels=False)
    with pytest.raises(InvalidValue, match="the pod must have labels, by which a NetworkPolicy selects it"):
        OpenPorts(pod, "policy", workload=pod, ports=[8080])

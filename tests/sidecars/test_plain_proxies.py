"""How a proxy fails when it is written plainly, beside the same with ours: each line of the failures, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from sidecars.proxied_shop import Shop

from patterns.app import App
from patterns.errors import InvalidValue, SynthesisError
from patterns.manifest import Manifest
from patterns.model import JsonObject
from patterns.model.json import object_at
from patterns.objects.service import Service
from patterns.pod.checks import Object, judge
from patterns.sidecars.envoy import Envoy
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.testing import find, pod_spec_of, synth

#: a proxy as people write it, with the application's own port in the Service
PLAIN = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 30
      initContainers:
        - name: proxy
          image: docker.io/envoyproxy/envoy:distroless-v1.40.0
          restartPolicy: Always
          ports: [{containerPort: 10000}]
      containers:
        - name: app
          image: registry.example.com/shop:1.4.2
          ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
"""


def plain(**proxy: Any) -> list[JsonObject]:
    """The documents, with these fields of the proxy."""
    documents = list(yaml.safe_load_all(PLAIN))
    documents[0]["spec"]["template"]["spec"]["initContainers"][0].update(proxy)
    return documents


def ours(**options: Any) -> list[JsonObject]:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Envoy(), **options)
    Service(shop.chart, "service", workload=shop.web, ports=[8080])
    return synth(shop.chart)


def found(documents: list[JsonObject]) -> set[str]:
    """The rules that the documents break."""
    objects = [Object(document) for document in documents]
    judges = judge(opinions=True)
    findings = [finding for obj in objects for finding in judges.object(obj)]
    return {finding.rule for finding in [*findings, *judges.together(objects)]}


HOOKS: dict[str, tuple[Mapping[str, Any], str]] = {
    "quits while the application still serves": (
        {"lifecycle": {"preStop": {"httpGet": {"path": "/quitquitquit", "port": 15020}}}},
        "sidecar-quits-early",
    ),
    "runs a shell that the image does not have": (
        {"lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "sleep 10"]}}}},
        "shell-missing",
    ),
    "sleeps longer than the grace period": (
        {"lifecycle": {"preStop": {"sleep": {"seconds": 60}}}},
        "sleep-over-grace",
    ),
    "waits for the application, which waits for it": (
        {"startupProbe": {"httpGet": {"path": "/healthz", "port": 8080}}},
        "startup-probe-too-early",
    ),
}


@pytest.mark.parametrize(("proxy", "rule"), HOOKS.values(), ids=HOOKS)
def test_a_plain_proxy_is_found_and_ours_does_well(proxy: Mapping[str, Any], rule: str) -> None:
    assert rule in found(plain(**proxy))
    assert rule not in found(ours(drain_seconds=60))


def test_the_grace_period_holds_the_drain() -> None:
    spec = pod_spec_of(find(ours(drain_seconds=60), "Deployment"))
    assert spec["terminationGracePeriodSeconds"] == 30 + 60 + 5


def test_a_service_of_the_application_s_port_goes_past_the_proxy() -> None:
    documents = plain()
    annotations: JsonObject = {"target-port.cdk8s-pod-patterns/8080": "10000"}
    object_at(documents[0], "spec", "template", "metadata")["annotations"] = annotations
    assert "service-past-proxy" in found(documents)
    assert "service-past-proxy" not in found(ours())
    assert "service-past-proxy" not in found(ours(network_policy=False))


@pytest.mark.parametrize("first", ["service", "proxy"])
def test_somebody_else_s_service_of_a_closed_port_stops_the_synthesis(first: str) -> None:
    app = App()
    shop = Shop(app=app)

    def service() -> None:
        spec: JsonObject = {"selector": dict(shop.web.selector), "ports": [{"port": 80, "targetPort": 8080}]}
        Manifest(shop.chart, "theirs", api_version="v1", kind="Service", body={"spec": spec})

    if first == "service":
        service()
    ProxySidecar(shop.web, "proxy", proxy=Envoy())
    if first == "proxy":
        service()
    with pytest.raises(SynthesisError, match=r"got 8080/TCP; they leave 10000/TCP.*\[service-port-closed at"):
        app.synth()


def test_a_proxy_that_waits_for_its_application_cannot_be_written() -> None:
    class Waiting(Envoy):
        def proxy_program(self, place: Any) -> Any:
            from dataclasses import replace

            program = super().proxy_program(place)
            return replace(program, ready=replace(program.ready, port=place.application_port))

    shop = Shop()
    with pytest.raises(InvalidValue, match="neither ever would be"):
        ProxySidecar(shop.web, "proxy", proxy=Waiting())

"""The Roles that patterns make, asked of the API server: each verb that is used is allowed, and every other is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product

import pytest
import yaml
from conformance.api_server import ApiServer, running

from patterns import (
    App,
    Chart,
    ConfigSyncSidecar,
    Container,
    Deployment,
    FromConfigMaps,
    JobComplete,
    SharedScratch,
    WaitFor,
)
from patterns.model import Json, JsonObject
from patterns.testing import find, synth

pytestmark = pytest.mark.conformance

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
RESOURCES = (("", "configmaps"), ("", "secrets"), ("", "pods"), ("", "serviceaccounts"), ("batch", "jobs"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with running(tmp_path_factory.mktemp("api-server")) as started:
        for name in ("shop", "other"):
            made = started.keep({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
            assert not made.refused, made.message
        yield started


def allowed(server: ApiServer, documents: list[JsonObject], namespace: str, name: str = "") -> set[tuple[str, str]]:
    """What the pod's ServiceAccount may do in the namespace, as (verb, resource)."""
    account: str = find(documents, "RoleBinding")["subjects"][0]["name"]  # type: ignore[index, call-overload, assignment]
    return allowed_to(server, account, namespace, name)


def allowed_to(server: ApiServer, account: str, namespace: str, name: str = "") -> set[tuple[str, str]]:
    found = set()
    for (group, resource), verb in product(RESOURCES, VERBS):
        asked: dict[str, Json] = {
            "verb": verb,
            "group": group,
            "resource": resource,
            "namespace": namespace,
            "name": name,
        }
        review: JsonObject = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": f"system:serviceaccount:shop:{account}", "resourceAttributes": asked},
        }
        answer = server.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        assert not answer.refused, answer.message
        status = answer.object["status"]
        assert isinstance(status, dict)
        if status["allowed"]:
            found.add((verb, resource))
    return found


def deployment(name: str) -> Deployment:
    chart = Chart(App(), name, namespace="shop")
    return Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/app:1.0")])


def kept(server: ApiServer, web: Deployment) -> list[JsonObject]:
    """The documents, of which the ServiceAccount, the Role and its binding are made for real."""
    documents = synth(web.chart)
    for kind in ("ServiceAccount", "Role", "RoleBinding"):
        made = server.keep(find(documents, kind))
        assert not made.refused, made.message
    # the authorizer hears of a new binding a moment later
    end = time.monotonic() + 20
    while not allowed(server, documents, "shop", "migrate") and time.monotonic() < end:
        time.sleep(0.1)
    return documents


#: a sync as a chart brings it, and a wait as `kubectl wait` is told to need
PLAIN = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: plain-sync}
rules: [{apiGroups: [""], resources: [configmaps, secrets], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: plain-sync}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: plain-sync}
subjects: [{kind: ServiceAccount, name: plain-sync, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: plain-wait, namespace: shop}
rules: [{apiGroups: [batch], resources: [jobs], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: plain-wait, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: plain-wait}
subjects: [{kind: ServiceAccount, name: plain-wait, namespace: shop}]
"""


def test_plain_roles_reach_other_namespaces_and_other_jobs(server: ApiServer) -> None:
    for document in yaml.safe_load_all(PLAIN):
        made = server.keep(document)
        assert not made.refused, made.message
    reading = {"get", "list", "watch"}
    secrets = set(product(reading, ("configmaps", "secrets")))
    jobs = set(product(reading, ("jobs",)))
    end = time.monotonic() + 20
    while not (allowed_to(server, "plain-sync", "other") and allowed_to(server, "plain-wait", "shop")):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert allowed_to(server, "plain-sync", "other") == allowed_to(server, "plain-sync", "kube-system") == secrets
    assert allowed_to(server, "plain-wait", "shop", "another") == jobs


@pytest.mark.parametrize(
    ("resource", "kinds"),
    [("configmap", ("configmaps",)), ("secret", ("secrets",)), ("both", ("configmaps", "secrets"))],
)
def test_a_sync_may_list_and_watch_just_its_kinds_in_its_namespace(
    server: ApiServer, resource: str, kinds: tuple[str, ...]
) -> None:
    web = deployment(resource)
    into = SharedScratch(web, "config", mount_path="/config", readers=["app"]).mount
    source = FromConfigMaps(label="dashboard", resource=resource)  # type: ignore[arg-type]
    ConfigSyncSidecar(web, "sync", into=into, source=source)
    documents = kept(server, web)
    assert allowed(server, documents, "shop") == set(product(("list", "watch"), kinds))
    assert allowed(server, documents, "other") == set()


def test_a_wait_may_get_its_one_job(server: ApiServer) -> None:
    web = deployment("waiting")
    WaitFor(web, "wait", until=JobComplete(name="migrate"))
    documents = kept(server, web)
    assert allowed(server, documents, "shop", "migrate") == {("get", "jobs")}
    assert allowed(server, documents, "shop", "another") == set()
    assert allowed(server, documents, "other", "migrate") == set()

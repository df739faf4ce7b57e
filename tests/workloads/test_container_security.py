"""What a container says of its own security goes before Pod Security, and the rest of that stays."""

from __future__ import annotations

import pytest

from patterns.app import App
from patterns.init_containers.init_container import InitContainer
from patterns.model import Capabilities, Container, Security, SecurityContext
from patterns.model.json import JsonObject, object_at
from patterns.model.security_context import WindowsOptions
from patterns.sidecars.sidecar import Sidecar
from patterns.testing import container_of, synth
from patterns.tree import Chart
from patterns.workloads.container_security import filled
from patterns.workloads.deployment import Deployment

DROP_ALL: JsonObject = {"drop": ["ALL"]}
RESTRICTED: JsonObject = {"allowPrivilegeEscalation": False, "capabilities": DROP_ALL}
WHOLE: JsonObject = {**RESTRICTED, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def context_in(own: SecurityContext, security: Security | None = Security()) -> JsonObject:  # noqa: B008 - frozen
    chart = Chart(App(), "shop")
    app = Container(name="app", image="app:1", security_context=own)
    Deployment(chart, "web", containers=[app], security=security)
    return object_at(container_of(synth(chart)[0], "app"), "securityContext")


@pytest.mark.parametrize(
    ("own", "rendered"),
    [
        (SecurityContext(run_as_user=1000), {**RESTRICTED, "runAsUser": 1000}),
        (SecurityContext(), RESTRICTED),
        (
            SecurityContext(allow_privilege_escalation=True),
            {"allowPrivilegeEscalation": True, "capabilities": DROP_ALL},
        ),
        (
            SecurityContext(capabilities=Capabilities(add=["NET_BIND_SERVICE"])),
            {"allowPrivilegeEscalation": False, "capabilities": {"add": ["NET_BIND_SERVICE"], **DROP_ALL}},
        ),
        (
            SecurityContext(capabilities=Capabilities(drop=["CHOWN"])),
            {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["CHOWN"]}},
        ),
        # the runtime's own capabilities, as the container says
        (SecurityContext(capabilities=Capabilities()), {"allowPrivilegeEscalation": False, "capabilities": {}}),
    ],
)
def test_what_a_container_leaves_out_is_the_workload_s(own: SecurityContext, rendered: JsonObject) -> None:
    assert context_in(own) == rendered


def test_a_read_only_root_is_the_workload_s_too() -> None:
    security = Security(read_only_root_filesystem=True)
    assert context_in(SecurityContext(run_as_user=7), security)["readOnlyRootFilesystem"] is True
    assert context_in(SecurityContext(read_only_root_filesystem=False), security)["readOnlyRootFilesystem"] is False


def test_without_security_a_context_stays_as_it_is() -> None:
    assert context_in(SecurityContext(run_as_user=1000), None) == {"runAsUser": 1000}


@pytest.mark.parametrize(
    ("own", "rendered"),
    [
        (SecurityContext(privileged=True), {"privileged": True}),
        (
            SecurityContext(capabilities=Capabilities(add=["SYS_ADMIN"])),
            {"capabilities": {"add": ["SYS_ADMIN"], **DROP_ALL}},
        ),
        (
            SecurityContext(windows_options=WindowsOptions(run_as_user_name="ContainerUser")),
            {"windowsOptions": {"runAsUserName": "ContainerUser"}},
        ),
    ],
)
def test_nothing_is_put_beside_what_the_server_refuses_with_it(own: SecurityContext, rendered: JsonObject) -> None:
    wanted = SecurityContext(allow_privilege_escalation=False, capabilities=Capabilities(drop=["ALL"]))
    assert filled(own, wanted).render() == rendered


def test_root_of_its_own_is_not_told_to_be_none() -> None:
    assert filled(SecurityContext(run_as_user=0), SecurityContext(run_as_non_root=True)) == SecurityContext(
        run_as_user=0
    )


def test_containers_of_one_s_own_beside_the_application_keep_the_rest_of_restricted() -> None:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[Container(name="app", image="app:1")], security=None)
    own = SecurityContext(run_as_user=101)
    Sidecar(web, "proxy", container=Container(name="proxy", image="proxy:1", security_context=own))
    InitContainer(web, "wait", container=Container(name="wait", image="wait:1", security_context=own))
    Sidecar(web, "plain", container=Container(name="plain", image="plain:1", security_context=own), security=None)
    document = synth(chart)[0]
    assert container_of(document, "proxy")["securityContext"] == {**WHOLE, "runAsUser": 101}
    assert container_of(document, "wait")["securityContext"] == {**WHOLE, "runAsUser": 101}
    assert container_of(document, "plain")["securityContext"] == {"runAsUser": 101}


def test_root_by_its_own_word_stays_root_in_a_pod_of_root() -> None:
    chart = Chart(App(), "shop")
    root = Security(run_as_non_root=False, run_as_user=0)
    web = Deployment(chart, "web", containers=[Container(name="app", image="app:1")], security=root)
    own = SecurityContext(run_as_non_root=False)
    Sidecar(web, "proxy", container=Container(name="proxy", image="proxy:1", security_context=own))
    assert "runAsUser" not in object_at(container_of(synth(chart)[0], "proxy"), "securityContext")

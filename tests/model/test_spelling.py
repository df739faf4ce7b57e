"""The two spellings of a field."""

from __future__ import annotations

import pytest

from patterns.model.fields import fields_of
from patterns.model.spelling import camel_case, snake_case


@pytest.mark.parametrize(
    ("python", "kubernetes"),
    [
        ("name", "name"),
        ("readiness_probe", "readinessProbe"),
        ("host_ip", "hostIP"),
        ("pod_ips", "podIPs"),
        ("fs_type", "fsType"),
        ("se_linux_options", "seLinuxOptions"),
        ("set_hostname_as_fqdn", "setHostnameAsFQDN"),
        ("cluster_ip", "clusterIP"),
        ("host_pid", "hostPID"),
        ("host_ipc", "hostIPC"),
        ("target_wwns", "targetWWNs"),
        ("downward_api", "downwardAPI"),
        ("stdin_once", "stdinOnce"),
    ],
)
def test_one_spelling_is_the_other(python: str, kubernetes: str) -> None:
    assert camel_case(python) == kubernetes
    assert snake_case(kubernetes) == python


@pytest.mark.parametrize("type_name", ["Container", "PodSpec", "SecurityContext", "PodSecurityContext", "ServiceSpec"])
def test_all_fields_of_a_type_come_back(type_name: str) -> None:
    for field in fields_of(type_name):
        assert camel_case(snake_case(field)) == field

"""Permissions of containers and pods."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import (
    AppArmorProfile,
    Capabilities,
    PodSecurityContext,
    SeccompProfile,
    SecurityContext,
    SELinuxOptions,
    Sysctl,
    WindowsOptions,
)

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: SecurityContext(privileged=True, allow_privilege_escalation=False),
        InvalidValue,
        ("SecurityContext: privileged must not be True with allow_privilege_escalation=False; leave one out"),
    ),
    (
        lambda: SecurityContext(capabilities=Capabilities(add=["SYS_ADMIN"]), allow_privilege_escalation=False),
        InvalidValue,
        ("SecurityContext: capabilities must not add 'SYS_ADMIN' with allow_privilege_escalation=False; leave one out"),
    ),
    (
        lambda: SecurityContext(run_as_user=0, run_as_non_root=True),
        InvalidValue,
        (
            "SecurityContext: run_as_user must not be 0 with run_as_non_root=True; give another "
            "user, or run_as_non_root=False"
        ),
    ),
    (
        lambda: SecurityContext(run_as_user=-1),
        InvalidValue,
        "SecurityContext: run_as_user must be 0-2147483647, got -1",
    ),
    (
        lambda: SecurityContext(run_as_group=2**31),
        InvalidValue,
        "SecurityContext: run_as_group must be 0-2147483647, got 2147483648",
    ),
    (
        lambda: SecurityContext(proc_mount="unmasked"),
        InvalidValue,
        "SecurityContext: proc_mount must be 'Default' or 'Unmasked', got 'unmasked'",
    ),
    (
        lambda: Capabilities(add=["CAP_NET_ADMIN"]),
        InvalidValue,
        (
            "Capabilities: add[0] must be a capability such as 'NET_BIND_SERVICE', got "
            "'CAP_NET_ADMIN'; write 'NET_ADMIN'"
        ),
    ),
    (
        lambda: Capabilities(drop=["all"]),
        InvalidValue,
        ("Capabilities: drop[0] must be a capability such as 'NET_BIND_SERVICE', got 'all'; write 'ALL'"),
    ),
    (
        lambda: Capabilities(drop="ALL"),
        WrongType,
        "Capabilities: drop must be a list of str, got a str 'ALL'; write drop=['ALL']",
    ),
    (
        lambda: SeccompProfile("Localhost"),
        InvalidValue,
        (
            "SeccompProfile: localhost_profile must be given with type 'Localhost' and with no "
            "other, got None with 'Localhost'"
        ),
    ),
    (
        lambda: SeccompProfile("RuntimeDefault", localhost_profile="a"),
        InvalidValue,
        (
            "SeccompProfile: localhost_profile must be given with type 'Localhost' and with no "
            "other, got 'a' with 'RuntimeDefault'"
        ),
    ),
    (
        lambda: SeccompProfile("Localhost", localhost_profile="/a"),
        InvalidValue,
        "SeccompProfile: localhost_profile must be a relative path, got '/a'; write 'a'",
    ),
    (
        lambda: SeccompProfile("runtime/default"),
        InvalidValue,
        ("SeccompProfile: type must be 'RuntimeDefault', 'Localhost' or 'Unconfined', got 'runtime/default'"),
    ),
    (
        lambda: Sysctl("Net.Core", "1"),
        InvalidValue,
        ("Sysctl 'Net.Core': name must be a kernel parameter such as 'net.core.somaxconn', got 'Net.Core'"),
    ),
    (
        lambda: PodSecurityContext(supplemental_groups=[-1]),
        InvalidValue,
        "PodSecurityContext: supplemental_groups[0] must be 0-2147483647, got -1",
    ),
    (
        lambda: PodSecurityContext(fs_group=2**31),
        InvalidValue,
        "PodSecurityContext: fs_group must be 0-2147483647, got 2147483648",
    ),
    (
        lambda: PodSecurityContext(sysctls=[Sysctl("a.b", "1"), Sysctl("a/b", "1")]),
        InvalidValue,
        "PodSecurityContext: sysctls must name each parameter once, got 'a.b' twice",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_what_is_given_even_false_and_zero() -> None:
    context = SecurityContext(
        allow_privilege_escalation=False,
        run_as_user=0,
        capabilities=Capabilities(drop=["ALL"]),
        seccomp_profile=SeccompProfile("Localhost", localhost_profile="profiles/a.json"),
        app_armor_profile=AppArmorProfile("RuntimeDefault"),
        se_linux_options=SELinuxOptions(level="s0"),
        windows_options=WindowsOptions(host_process=False),
    )
    assert context.render() == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsUser": 0,
        "seccompProfile": {"type": "Localhost", "localhostProfile": "profiles/a.json"},
        "appArmorProfile": {"type": "RuntimeDefault"},
        "seLinuxOptions": {"level": "s0"},
        "windowsOptions": {"hostProcess": False},
    }


def test_renders_the_pods_part() -> None:
    context = PodSecurityContext(fs_group=0, supplemental_groups=[1, 2], sysctls=[Sysctl("net.core.somaxconn", "1024")])
    assert context.render() == {
        "fsGroup": 0,
        "supplementalGroups": [1, 2],
        "sysctls": [{"name": "net.core.somaxconn", "value": "1024"}],
    }

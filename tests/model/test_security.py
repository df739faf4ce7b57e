"""Pod Security by name."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import SeccompProfile, Security

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: Security(run_as_user=0),
        InvalidValue,
        ("Security: run_as_user must not be 0 with run_as_non_root=True; give another user, or run_as_non_root=False"),
    ),
    (lambda: Security(fs_group=-1), InvalidValue, "Security: fs_group must be 0-2147483647, got -1"),
    (
        lambda: Security(drop_capabilities="ALL"),
        WrongType,
        ("Security: drop_capabilities must be a list of str, got a str 'ALL'; write drop_capabilities=['ALL']"),
    ),
    (
        lambda: Security(add_capabilities=["CAP_CHOWN"]),
        InvalidValue,
        (
            "Security: add_capabilities[0] must be a capability such as 'NET_BIND_SERVICE', got "
            "'CAP_CHOWN'; write 'CHOWN'"
        ),
    ),
    (
        lambda: Security(add_capabilities=["SYS_ADMIN"]),
        InvalidValue,
        ("Security: capabilities must not add 'SYS_ADMIN' with allow_privilege_escalation=False; leave one out"),
    ),
    (
        lambda: Security(seccomp_profile="Localhost"),
        InvalidValue,
        "Security: seccomp_profile must be 'RuntimeDefault' or 'Unconfined', got 'Localhost'",
    ),
    (
        lambda: Security(supplemental_groups=[2**31]),
        InvalidValue,
        "Security: supplemental_groups[0] must be 0-2147483647, got 2147483648",
    ),
    (
        lambda: Security(run_as_user="1000"),
        WrongType,
        "Security: run_as_user must be an int, got a str '1000'; write run_as_user=1000",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_is_restricted_by_itself() -> None:
    assert Security().container().render() == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert Security().pod().render() == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def test_renders_every_option() -> None:
    security = Security(
        run_as_user=1,
        run_as_group=2,
        fs_group=3,
        fs_group_change_policy="OnRootMismatch",
        supplemental_groups=[4],
        add_capabilities=["NET_BIND_SERVICE"],
        seccomp_profile=SeccompProfile("Localhost", localhost_profile="a"),
        read_only_root_filesystem=True,
    )
    assert security.container().render() == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
        "runAsNonRoot": True,
        "runAsUser": 1,
        "runAsGroup": 2,
        "readOnlyRootFilesystem": True,
        "seccompProfile": {"type": "Localhost", "localhostProfile": "a"},
    }
    assert security.pod().render() == {
        "runAsNonRoot": True,
        "runAsUser": 1,
        "runAsGroup": 2,
        "fsGroup": 3,
        "fsGroupChangePolicy": "OnRootMismatch",
        "supplementalGroups": [4],
        "seccompProfile": {"type": "Localhost", "localhostProfile": "a"},
    }


def test_every_field_can_be_opened_alone_and_none_renders_nothing() -> None:
    assert "runAsNonRoot" not in Security(run_as_non_root=None).container().render()
    assert Security(run_as_non_root=False, run_as_user=0).pod().render()["runAsNonRoot"] is False
    opened = Security(
        run_as_non_root=None,
        allow_privilege_escalation=None,
        drop_capabilities=None,
        add_capabilities=None,
        seccomp_profile=None,
        supplemental_groups=None,
    )
    assert (opened.container().render(), opened.pod().render()) == ({}, {})

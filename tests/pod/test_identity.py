"""As whom the application runs."""

from __future__ import annotations

import pytest

from patterns.model import JsonObject, SecurityContext
from patterns.pod.identity import NONROOT, Identity, application_identity, identity_of, sharing_files


def test_a_container_s_own_user_goes_before_the_pod_s() -> None:
    spec: JsonObject = {
        "securityContext": {"runAsUser": 1, "runAsGroup": 2, "fsGroup": 3},
        "containers": [{"name": "app", "securityContext": {"runAsUser": 10}}],
    }
    assert application_identity(spec) == Identity(10, 2, 3)


def test_users_that_differ_are_no_common_user() -> None:
    spec: JsonObject = {"containers": [{"name": "a", "securityContext": {"runAsUser": 1}}, {"name": "b"}]}
    assert application_identity(spec) == Identity(None, None, None)
    assert application_identity(spec, ["a"]) == Identity(1, None, None)


def test_root_is_a_user_too() -> None:
    assert application_identity({"securityContext": {"runAsUser": 0}, "containers": [{"name": "a"}]}).run_as_user == 0


def test_nulls_of_a_foreign_pod_are_passed_over() -> None:
    assert application_identity({"securityContext": None, "containers": None}) == Identity()


def test_a_container_s_context_goes_before_the_pod_s() -> None:
    spec: JsonObject = {"securityContext": {"runAsUser": 1, "runAsGroup": 2, "fsGroup": 3}}
    assert identity_of(None, spec) == Identity(1, 2, 3)
    assert identity_of(SecurityContext(run_as_user=0), spec) == Identity(0, 2, 3)
    assert identity_of(None, {}) == Identity()


NON_ROOT = SecurityContext(run_as_non_root=True)


@pytest.mark.parametrize(
    ("context", "application", "expected"),
    [
        (NON_ROOT, Identity(1000, 2000), (1000, 2000)),
        (NON_ROOT, Identity(1000), (1000, None)),
        (NON_ROOT, Identity(), (NONROOT, NONROOT)),
        (NON_ROOT, Identity(None, 2000), (NONROOT, 2000)),
        # root cannot be had under runAsNonRoot, its group can
        (NON_ROOT, Identity(0, 0), (NONROOT, 0)),
        (NON_ROOT, Identity(0, 2000), (NONROOT, 2000)),
        (NON_ROOT, Identity(0), (NONROOT, NONROOT)),
        (SecurityContext(run_as_non_root=True, run_as_user=7), Identity(1000, 2000), (7, 2000)),
        (SecurityContext(run_as_non_root=True, run_as_user=7), Identity(1000), (7, NONROOT)),
        (SecurityContext(run_as_non_root=True, run_as_group=0), Identity(1000, 2000), (1000, 0)),
    ],
)
def test_as_whom_a_container_shares_files(
    context: SecurityContext, application: Identity, expected: tuple[int | None, int | None]
) -> None:
    found = sharing_files(context, {}, application)
    assert found is not None
    assert (found.run_as_user, found.run_as_group) == expected


POD_NON_ROOT: JsonObject = {"securityContext": {"runAsNonRoot": True}}


def test_a_pod_that_runs_nothing_as_root_gives_a_user_to_what_says_nothing() -> None:
    found = SecurityContext(run_as_user=NONROOT, run_as_group=NONROOT)
    assert sharing_files(None, POD_NON_ROOT, Identity()) == found
    assert sharing_files(SecurityContext(), POD_NON_ROOT, Identity()) == found


def test_where_a_container_starts_as_it_is_nothing_is_added() -> None:
    assert sharing_files(None, {}, Identity(1000)) is None
    assert sharing_files(None, {"securityContext": {"runAsNonRoot": True, "runAsUser": 7}}, Identity(7)) is None
    rooted = SecurityContext(run_as_non_root=False)
    assert sharing_files(rooted, POD_NON_ROOT, Identity(1000)) == rooted

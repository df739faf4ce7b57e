"""As whom the application runs."""

from __future__ import annotations

from patterns.model import JsonObject
from patterns.pod.identity import Identity, application_identity


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

"""Merge rules: one test for each, in the order of ARCHITECTURE.md."""

from __future__ import annotations

import copy

import pytest

from patterns.errors import Conflict, NotFound
from patterns.model import Container, EnvVar, JsonObject, Volume, VolumeMount
from patterns.model.json import objects_at
from patterns.pod.contribution import Contribution
from patterns.pod.merge import merge
from patterns.pod.pod_template import PodTemplate, pod_of

LOGS = Volume.empty_dir("logs", size_limit="1Gi")


def pod(**spec: object) -> PodTemplate:
    return pod_of({"spec": {"containers": [{"name": "app", "image": "app:1"}], **spec}})  # type: ignore[dict-item]


def container(name: str, **fields: object) -> Container:
    return Container(name=name, image="tool:1", **fields)  # type: ignore[arg-type]


def names(template: PodTemplate, key: str) -> list[object]:
    listed = template.spec.get(key)
    return [c["name"] for c in listed if isinstance(c, dict)] if isinstance(listed, list) else []


# 1 --- names of containers


def test_a_container_name_is_unique_over_containers_and_init_containers() -> None:
    first = merge(pod(), Contribution(init_containers=[container("seed")]), "InitFileSeeder 'shop/web/seed'")
    with pytest.raises(Conflict) as raised:
        merge(first, Contribution(sidecars=[container("seed")]), "LoggingSidecar 'shop/web/bundle/seed'")
    assert str(raised.value) == (
        "container name 'seed' is taken by InitFileSeeder 'shop/web/seed', and LoggingSidecar 'shop/web/bundle/seed' "
        "wants it too; names are unique over containers and init containers, give one another"
    )


def test_a_container_of_the_application_is_not_replaced() -> None:
    with pytest.raises(Conflict, match="container name 'app' is taken by the pod itself, and Sidecar 'x' wants it too"):
        merge(pod(), Contribution(sidecars=[container("app")]), "Sidecar 'x'")


# 2 --- volumes by name


def test_equal_volumes_of_one_name_become_one() -> None:
    mount = VolumeMount(volume=LOGS, mount_path="/logs")
    template = merge(pod(), Contribution(sidecars=[container("a", volume_mounts=[mount])]), "A")
    template = merge(template, Contribution(sidecars=[container("b", volume_mounts=[mount])]), "B")
    assert template.spec["volumes"] == [{"name": "logs", "emptyDir": {"sizeLimit": "1Gi"}}]


def test_different_volumes_of_one_name_are_a_conflict() -> None:
    mount = VolumeMount(volume=LOGS, mount_path="/logs")
    other = VolumeMount(volume=Volume.empty_dir("logs", size_limit="2Gi"), mount_path="/logs")
    template = merge(pod(), Contribution(sidecars=[container("a", volume_mounts=[mount])]), "A")
    with pytest.raises(Conflict, match="volume 'logs' is there already, from A, and B wants another volume"):
        merge(template, Contribution(sidecars=[container("b", volume_mounts=[other])]), "B")


# 3 --- a mount carries its volume


def test_a_mount_brings_its_volume_into_the_pod() -> None:
    template = merge(pod(), Contribution(mounts={"app": [VolumeMount(volume=LOGS, mount_path="/logs")]}), "S")
    assert template.spec["volumes"] == [{"name": "logs", "emptyDir": {"sizeLimit": "1Gi"}}]
    assert template.spec["containers"] == [
        {"name": "app", "image": "app:1", "volumeMounts": [{"name": "logs", "mountPath": "/logs"}]}
    ]


def test_a_mount_into_a_container_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(NotFound, match="the pod has no container 'web'; it has 'app'"):
        merge(pod(), Contribution(mounts={"web": [VolumeMount(volume=LOGS, mount_path="/logs")]}), "S")


# 4 --- one mount path and one environment name per container, one port per pod


@pytest.mark.parametrize("there", ["/logs", "/logs/", "//logs", "/./logs", "/a/../logs", "logs"])
def test_two_mounts_on_one_path_are_a_conflict_however_the_path_is_written(there: str) -> None:
    template = pod_of(
        {"spec": {"containers": [{"name": "app", "volumeMounts": [{"name": "data", "mountPath": there}]}]}}
    )
    with pytest.raises(Conflict) as raised:
        merge(template, Contribution(mounts={"app": [VolumeMount(volume=LOGS, mount_path="/logs")]}), "S")
    assert str(raised.value) == (
        f"container 'app' has volume 'data' on {there} from the pod itself, and S wants volume 'logs' on /logs; one "
        "would hide the other: give one another mount_path"
    )


def test_an_equal_mount_is_taken_once() -> None:
    contribution = Contribution(mounts={"app": [VolumeMount(volume=LOGS, mount_path="/logs")]})
    once = merge(pod(), contribution, "A")
    assert merge(once, contribution, "B").json == once.json


def test_a_read_only_mount_beside_a_writable_one_is_told_apart() -> None:
    once = merge(pod(), Contribution(mounts={"app": [VolumeMount(volume=LOGS, mount_path="/logs")]}), "A")
    reading = VolumeMount(volume=LOGS, mount_path="/logs", read_only=True)
    with pytest.raises(
        Conflict, match=r"volume 'logs' on /logs from A, and B wants volume 'logs' on /logs \(readOnly\)"
    ):
        merge(once, Contribution(mounts={"app": [reading]}), "B")


def test_an_environment_variable_has_one_value() -> None:
    once = merge(pod(), Contribution(env={"app": [EnvVar("HTTP_PROXY", "http://localhost:1")]}), "A")
    assert merge(once, Contribution(env={"app": [EnvVar("HTTP_PROXY", "http://localhost:1")]}), "B").json == once.json
    with pytest.raises(Conflict, match="container 'app' has the environment variable 'HTTP_PROXY' from A, and B wants"):
        merge(once, Contribution(env={"app": [EnvVar("HTTP_PROXY", "http://localhost:2")]}), "B")


def test_a_port_is_taken_once_in_the_whole_pod() -> None:
    once = merge(pod(), Contribution(sidecars=[container("a", ports=[2020])]), "A")
    with pytest.raises(Conflict, match="port 2020/TCP of container 'b' is taken by container 'a' of A"):
        merge(once, Contribution(sidecars=[container("b", ports=[2020])], native=False), "B")


# 5 --- single values


def test_a_single_value_comes_from_one_contributor_or_equal_ones() -> None:
    once = merge(pod(), Contribution(pod={"securityContext": {"fsGroup": 7}}), "A")
    assert merge(once, Contribution(pod={"securityContext": {"fsGroup": 7}}), "B").json == once.json
    with pytest.raises(
        Conflict, match=r"pod spec\.securityContext\.fsGroup is 7, from A, and B wants 8; a pod has one"
    ):
        merge(once, Contribution(pod={"securityContext": {"fsGroup": 8}}), "B")


def test_a_nested_value_is_added_beside_what_is_there() -> None:
    template = merge(pod(securityContext={"runAsUser": 1}), Contribution(pod={"securityContext": {"fsGroup": 7}}), "A")
    assert template.spec["securityContext"] == {"runAsUser": 1, "fsGroup": 7}


def test_annotations_are_added_and_never_changed() -> None:
    once = merge(pod(), Contribution(annotations={"checksum/seed": "1"}), "A")
    assert list(once.json) == ["metadata", "spec"]
    assert once.json["metadata"] == {"annotations": {"checksum/seed": "1"}}
    with pytest.raises(Conflict, match=r"annotations\.checksum/seed is '1', from A, and B wants '2'"):
        merge(once, Contribution(annotations={"checksum/seed": "2"}), "B")


def test_grace_adds_the_slices_of_native_sidecars_to_what_the_application_has() -> None:
    template = merge(pod(), Contribution(sidecars=[container("a")], grace_seconds={"a": 7}), "A")
    template = merge(template, Contribution(sidecars=[container("b")], grace_seconds={"b": 5}), "B")
    assert template.spec["terminationGracePeriodSeconds"] == 30 + 7 + 5


def test_grace_takes_the_longest_of_application_and_classic_sidecars() -> None:
    classic = Contribution(sidecars=[container("a")], native=False, grace_seconds={"a": 45})
    template = merge(pod(terminationGracePeriodSeconds=20), classic, "A")
    template = merge(template, Contribution(sidecars=[container("b")], grace_seconds={"b": 5}), "B")
    assert template.spec["terminationGracePeriodSeconds"] == 45 + 5


def test_nobody_asks_for_grace_and_none_is_rendered() -> None:
    template = merge(pod(), Contribution(sidecars=[container("a")]), "A")
    assert "terminationGracePeriodSeconds" not in template.spec


# 6 --- order


def test_init_containers_keep_the_order_of_declaration() -> None:
    template = pod(initContainers=[{"name": "first"}])
    template = merge(template, Contribution(init_containers=[container("second")]), "A")
    template = merge(template, Contribution(sidecars=[container("third")]), "B")
    assert names(template, "initContainers") == ["first", "second", "third"]


def test_a_relation_bends_the_order_only_as_far_as_it_asks() -> None:
    template = pod()
    for name in ("a", "b", "c"):
        template = merge(template, Contribution(init_containers=[container(name)]), name)
    template = merge(template, Contribution(sidecars=[container("proxy")], before=["b"]), "P")
    assert names(template, "initContainers") == ["a", "proxy", "b", "c"]


def test_a_relation_may_name_a_container_that_is_declared_later() -> None:
    template = merge(pod(), Contribution(init_containers=[container("wait")], after=["proxy"]), "W")
    template = merge(template, Contribution(sidecars=[container("proxy")]), "P")
    assert names(template, "initContainers") == ["proxy", "wait"]


def test_what_one_contributor_brings_keeps_its_order_whatever_others_ask_for() -> None:
    template = merge(pod(), Contribution(sidecars=[container("early")], after=["drain"]), "Sidecar 'early'")
    template = merge(template, Contribution(sidecars=[container("collector"), container("drain")]), "LoggingSidecar")
    assert names(template, "initContainers") == ["collector", "drain", "early"]


def test_a_circle_is_refused_at_the_line_that_closes_it() -> None:
    template = merge(pod(), Contribution(init_containers=[container("a")], after=["b"]), "A")
    with pytest.raises(Conflict) as raised:
        merge(template, Contribution(init_containers=[container("b")], after=["a"]), "B")
    assert "the start order goes round in a circle" in str(raised.value)
    assert "A asks for 'b' before 'a'" in str(raised.value)
    assert "B asks for 'a' before 'b'" in str(raised.value)


def test_the_order_of_what_was_there_before_is_not_bent() -> None:
    template = pod(initContainers=[{"name": "x"}, {"name": "y"}])
    with pytest.raises(Conflict, match="the order in which the pod lists them asks for 'x' before 'y'"):
        merge(template, Contribution(init_containers=[container("a")], before=["x"], after=["y"]), "A")


def test_init_containers_of_one_name_are_not_lost_but_refused() -> None:
    template = pod(initContainers=[{"name": "x", "image": "1"}, {"name": "x", "image": "2"}])
    assert (
        len(objects_at(merge(template, Contribution(init_containers=[container("a")]), "A").spec, "initContainers"))
        == 3
    )
    with pytest.raises(Conflict, match="two init containers of the pod have one name"):
        merge(template, Contribution(init_containers=[container("a")], before=["x"]), "A")


# 7 --- what was there stays


def test_merging_does_not_write_into_what_was_given() -> None:
    original: JsonObject = {
        "metadata": {"annotations": {"a": "b"}},
        "spec": {
            "volumes": None,
            "containers": [{"name": "app", "env": [], "volumeMounts": None}],
            "initContainers": [{"name": "first"}],
            "securityContext": {},
        },
    }
    before = copy.deepcopy(original)
    merge(
        pod_of(original),
        Contribution(
            init_containers=[container("seed", volume_mounts=[VolumeMount(volume=LOGS, mount_path="/x")])],
            mounts={"app": [VolumeMount(volume=LOGS, mount_path="/logs")]},
            env={"app": [EnvVar("A", "b")]},
            annotations={"c": "d"},
            pod={"securityContext": {"fsGroup": 1}},
            before=["first"],
        ),
        "A",
    )
    assert original == before


def test_contributions_in_another_order_give_the_same_pod_but_for_the_order_of_lists() -> None:
    first = Contribution(sidecars=[container("a")], annotations={"a": "1"}, grace_seconds={"a": 2})
    second = Contribution(init_containers=[container("b")], annotations={"b": "2"}, pod={"hostname": "h"})
    one = merge(merge(pod(), first, "1"), second, "2")
    two = merge(merge(pod(), second, "2"), first, "1")
    assert names(one, "initContainers") == ["a", "b"]
    assert names(two, "initContainers") == ["b", "a"]
    for template in (one, two):
        template.spec["initContainers"] = []
    assert one.json == two.json


def test_a_group_for_the_volumes_is_one_for_all_contributors() -> None:
    once = merge(pod(), Contribution(fs_group=1), "A")
    again = merge(merge(once, Contribution(fs_group=1), "B"), Contribution(), "C")
    assert (once.fs_group, again.fs_group) == (1, 1)
    assert "securityContext" not in again.spec
    with pytest.raises(Conflict) as raised:
        merge(again, Contribution(fs_group=2), "D")
    assert str(raised.value) == (
        "fs_group is 1, from A, and D wants 2; a pod has one: let both want the same, or leave it to one of them"
    )

"""Additions as JSON Patch operations, and the other spellings that generated classes want."""

from __future__ import annotations

import pytest

from patterns.model import Json, JsonObject
from patterns.pod.patch import Operation, Spelling, differences, operations, typescript_name, undoing


def op(op: str, path: str, value: Json = None, before: Json = None) -> Operation:
    return Operation(op=op, path=path, value=value, before=before)  # type: ignore[arg-type]


def pod(*containers: JsonObject, **fields: Json) -> JsonObject:
    return {"spec": {"containers": [*containers], **fields}}


def test_equal_documents_need_nothing() -> None:
    assert operations(pod({"name": "a"}), pod({"name": "a"})) == []


def test_a_new_key_is_added_where_nothing_may_be() -> None:
    volumes: Json = [{"name": "logs", "emptyDir": {}}]
    assert operations(pod({"name": "a"}), pod({"name": "a"}, volumes=volumes)) == [
        op("test", "/spec/volumes"),
        op("add", "/spec/volumes", volumes),
    ]


def test_an_item_is_added_at_its_place_in_a_list_of_known_length() -> None:
    before, after = {"c": [{"name": "a"}]}, {"c": [{"name": "new"}, {"name": "a"}, {"name": "last"}]}
    assert operations(before, after) == [  # type: ignore[arg-type]  # lists do not vary
        op("test", "/c/length", 1),
        op("add", "/c/0", {"name": "new"}),
        op("add", "/c/2", {"name": "last"}),
    ]


def test_a_container_is_changed_under_its_own_name_only() -> None:
    mounts: Json = [{"name": "logs", "mountPath": "/logs"}]
    assert operations(pod({"name": "a"}, {"name": "b"}), pod({"name": "a"}, {"name": "b", "volumeMounts": mounts})) == [
        op("test", "/spec/containers/1/name", "b"),
        op("test", "/spec/containers/1/volumeMounts"),
        op("add", "/spec/containers/1/volumeMounts", mounts),
    ]


def test_a_container_without_a_name_is_changed_in_a_list_of_known_length() -> None:
    assert operations(pod({"image": "a"}), pod({"image": "a", "env": [{"name": "A"}]})) == [
        op("test", "/spec/containers/length", 1),
        op("test", "/spec/containers/0/env"),
        op("add", "/spec/containers/0/env", [{"name": "A"}]),
    ]


def test_a_single_value_is_replaced_where_it_is_still_the_old_one() -> None:
    steps = operations({"grace": 30}, {"grace": 35})
    assert steps == [op("test", "/grace", 30), op("replace", "/grace", 35, 30)]
    assert undoing(steps) == [op("replace", "/grace", 30)]


def test_additions_are_taken_off_in_reverse() -> None:
    before, after = {"c": [{"name": "a"}]}, {"c": [{"name": "a"}, {"name": "b"}], "d": {}}
    steps = operations(before, after)  # type: ignore[arg-type]  # lists do not vary
    assert undoing(steps) == [op("remove", "/d"), op("remove", "/c/1")]


def test_a_list_in_another_order_is_replaced_as_a_whole() -> None:
    before: JsonObject = {"c": [{"name": "a"}, {"name": "b"}]}
    after: JsonObject = {"c": [{"name": "b"}, {"name": "a"}]}
    assert operations(before, after) == [op("replace", "/c", after["c"], before["c"])]


def test_keys_are_escaped() -> None:
    assert operations({"a": {}}, {"a": {"x/y~z": "1"}})[-1] == op("add", "/a/x~1y~0z", "1")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("hostPID", "hostPid"),
        ("setHostnameAsFQDN", "setHostnameAsFqdn"),
        ("targetWWNs", "targetWwNs"),
        ("insecureSkipTLSVerify", "insecureSkipTlsVerify"),
        ("nonResourceURLs", "nonResourceUrLs"),
        ("podCIDRs", "podCidRs"),
        ("scaleIO", "scaleIo"),
        ("emptyDir", "emptyDir"),
        ("fsGroup", "fsGroup"),
        ("name", "name"),
        ("nvidia.com/gpu", "nvidia.com/gpu"),
        ("", ""),
    ],
)
def test_generated_classes_write_acronyms_as_words(key: str, name: str) -> None:
    assert typescript_name(key) == name


def test_a_spelling_is_learned_from_what_is_lost() -> None:
    wanted: JsonObject = {"volumes": [{"fc": {"targetWWNs": ["a"], "size": "1Gi"}}]}
    step = op("add", "/volumes", wanted["volumes"])
    spelling = Spelling()
    assert spelling.of(step) == step
    assert spelling.learn(["/volumes/0/fc/targetWWNs", "/volumes/0/fc/size"], wanted)
    assert spelling.of(step).value == [{"fc": {"targetWwNs": ["a"], "size": {"value": "1Gi"}}}]


def test_a_renamed_key_is_the_one_that_is_added_and_taken_off() -> None:
    spelling = Spelling()
    assert spelling.learn(["/spec/hostIPC"], {"spec": {"hostIPC": True}})
    steps = [spelling.of(step) for step in operations({"spec": {}}, {"spec": {"hostIPC": True}})]
    assert steps == [op("test", "/spec/hostIpc"), op("add", "/spec/hostIpc", True)]
    assert undoing(steps) == [op("remove", "/spec/hostIpc")]


def test_where_no_spelling_is_left_nothing_is_learned() -> None:
    wanted: JsonObject = {"a": "1", "b": {}}
    spelling = Spelling()
    assert not spelling.learn(["/b"], wanted)
    assert spelling.learn(["/a"], wanted)
    assert not spelling.learn(["/a"], wanted)


def test_differences_are_told_as_deep_as_they_are() -> None:
    expected: JsonObject = {"a": {"b": [{"c": 1}, {"d": 2}]}, "e": 1, "f": [1]}
    found: JsonObject = {"a": {"b": [{"c": 1}, {}]}, "f": [1, 2], "g": 1}
    assert differences(expected, found) == ["/a/b/1/d", "/e", "/f", "/g"]
    assert differences(expected, expected) == []

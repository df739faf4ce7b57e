"""What is written looks as people write it, and PyYAML and ruamel.yaml take it back as the same values.

`tests/conformance/test_yaml_decoder.py` asks the decoder of kubectl about the same strings, and many more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.errors import InvalidValue, WrongType
from patterns.remembered import Remembered
from patterns.yaml import read_yaml, write_yaml

STRINGS: list[str] = json.loads((Path(__file__).parent / "strings.json").read_text(encoding="utf-8"))
LONG = ["x" * 1100, "x y" * 500, '"' * 1100, "a" * 900 + "\n" + "b" * 900, "é" * 1020, "\x00" * 300]
QUICK = settings(derandomize=True, deadline=None, max_examples=100)

TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=20),
    st.text(alphabet="0123456789_+-.eExXoObB:", max_size=8),
    st.text(alphabet="ab \t\n\r#:-?[]{},&*!|>'\"%@`=<~\\\x85\u2028\ufeff", max_size=12),
    st.sampled_from(STRINGS),
)
NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


def pyyaml(text: str) -> Any:
    return yaml.load(text, Loader=yaml.SafeLoader)


def libyaml(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def ruamel_1_1(text: str) -> Any:
    return ruamel_yaml(text, (1, 1))


def ruamel_1_2(text: str) -> Any:
    return ruamel_yaml(text, (1, 2))


def ruamel_yaml(text: str, version: tuple[int, int]) -> Any:
    reader = ruamel.yaml.YAML(typ="safe", pure=True)
    reader.version = version
    return reader.load(text)


READERS = [pyyaml, libyaml, ruamel_1_1, ruamel_1_2]


def everywhere(text: str) -> dict[str, Any]:
    """A document which has ``text`` in every place where a string can stand."""
    return {"value": text, "items": [text, [text], {text: text}], "below": {text: {text: [text]}}, "end": text}


@pytest.mark.parametrize("text", STRINGS + LONG, ids=lambda text: json.dumps(text)[:40])
def test_every_reader_takes_a_difficult_string_back(text: str) -> None:
    written = write_yaml([everywhere(text)])

    assert [read(written) for read in READERS] == [everywhere(text)] * len(READERS)
    assert read_yaml(written) == [everywhere(text)]


@pytest.mark.parametrize("read", READERS)
@QUICK
@given(value=VALUES)
def test_every_reader_takes_any_json_back(read: Callable[[str], Any], value: Any) -> None:
    assert read(write_yaml([{"value": value, "end": 1}])) == {"value": value, "end": 1}


@QUICK
@given(documents=st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=4))
def test_our_own_reader_takes_any_documents_back_in_the_same_order(documents: list[Any]) -> None:
    found = read_yaml(write_yaml(documents))

    assert found == documents
    assert json.dumps(found) == json.dumps(whole_numbers(documents))


def whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return {key: whole_numbers(item) for key, item in value.items()} if isinstance(value, dict) else value


def test_a_pod_is_written_as_people_write_it() -> None:
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app.kubernetes.io/version": "1.4.2"}, "annotations": {}},
        "spec": {
            "containers": [
                {
                    "name": "app",
                    "image": "nginx:1.27",
                    "command": ["sh", "-c", "tail -f /var/log/nginx/access.log"],
                    "args": ["--port=80", "-v", "yes", "80", "{{ x }}", "$(HOST)", "a: b", ""],
                    "env": [{"name": "SCRIPT", "value": "set -e\n\necho 'done' # really\n"}],
                    "volumeMounts": [{"name": "logs", "mountPath": "/var/log", "readOnly": True}],
                    "resources": {"limits": {"cpu": "100m", "memory": "256Mi"}},
                },
            ],
            "volumes": [{"name": "logs", "emptyDir": {}}],
            "tolerations": [],
            "terminationGracePeriodSeconds": 30,
            "nodeName": None,
        },
    }

    assert (
        write_yaml([pod])
        == """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app.kubernetes.io/version: 1.4.2
  annotations: {}
spec:
  containers:
    - name: app
      image: nginx:1.27
      command:
        - sh
        - -c
        - tail -f /var/log/nginx/access.log
      args:
        - --port=80
        - -v
        - "yes"
        - "80"
        - "{{ x }}"
        - $(HOST)
        - "a: b"
        - ""
      env:
        - name: SCRIPT
          value: |
            set -e

            echo 'done' # really
      volumeMounts:
        - name: logs
          mountPath: /var/log
          readOnly: true
      resources:
        limits:
          cpu: 100m
          memory: 256Mi
  volumes:
    - name: logs
      emptyDir: {}
  tolerations: []
  terminationGracePeriodSeconds: 30
  nodeName: null
"""
    )


def test_lists_in_lists_and_mappings_in_them_are_indented_by_two() -> None:
    assert write_yaml([{"a": [[1, {"b": 2, "c": [3]}], []]}]) == (
        "a:\n  - - 1\n    - b: 2\n      c:\n        - 3\n  - []\n"
    )


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (1e22, "1.0e+22"),
        (1.5e-7, "1.5e-07"),
        (1e-7, "1.0e-07"),
        (2**53, str(2**53)),
    ],
)
def test_numbers_are_written_so_that_yaml_1_1_takes_them_for_numbers(number: float, written: str) -> None:
    assert write_yaml([{"a": number}]) == f"a: {written}\n"


def test_documents_are_separated_and_an_empty_one_is_kept() -> None:
    assert write_yaml([{"a": 1}, {}, {"b": True}]) == "a: 1\n---\n{}\n---\nb: true\n"
    assert write_yaml([]) == ""


def test_documents_may_come_from_a_generator() -> None:
    assert write_yaml({"a": number} for number in range(2)) == "a: 0\n---\na: 1\n"


def test_subclasses_of_plain_types_are_written_as_what_they_are() -> None:
    class Color(StrEnum):
        RED = "red"

    assert write_yaml([{"a": Color.RED, "b": [Color.RED]}]) == "a: red\nb:\n  - red\n"


def test_the_same_object_twice_is_written_twice() -> None:
    shared: dict[str, Any] = {"b": 1}

    assert write_yaml([{"a": shared, "c": shared}]) == "a:\n  b: 1\nc:\n  b: 1\n"


def test_a_key_that_is_too_long_for_readers_to_look_ahead_is_written_explicitly() -> None:
    key = "k" * 1001

    assert write_yaml([{"a": {key: {"b": 1}}}]) == f"a:\n  ? {key}\n  :\n    b: 1\n"


LIMIT = "within 2**53, beyond which readers of JSON round"


def repeated() -> dict[str, Any]:
    circle: dict[str, Any] = {}
    circle["a"] = [circle]
    return circle


@pytest.mark.parametrize(
    ("documents", "error", "message"),
    [
        (
            [{"a": 1}, {"spec": {"list": [0, 2**53 + 1]}}],
            InvalidValue,
            f"documents[1].spec.list[1] must be {LIMIT}, got 9007199254740993; write it as a string",
        ),
        (
            [{"a": float("nan")}],
            InvalidValue,
            "documents[0].a must be a finite number, which JSON has no other of, got nan",
        ),
        (
            [{"a": {"b/c": "\ud800"}}],
            InvalidValue,
            "documents[0].a['b/c'] must be Unicode text, got the lone surrogate U+D800",
        ),
        ([{"a\udfff": 1}], InvalidValue, "a key of documents[0] must be Unicode text, got the lone surrogate U+DFFF"),
        ([{"a": {1: 2}}], WrongType, "documents[0].a must have strings as keys, got 1; write '1'"),
        ([{"a": (1, 2)}], WrongType, "documents[0].a must be plain JSON, got tuple; write a list"),
        ([{"a": b"x"}], WrongType, "documents[0].a must be plain JSON, got bytes"),
        (["a"], WrongType, "documents[0] must be an object, got str"),
        ({"a": 1}, WrongType, "documents must be a list of objects, got one dict; write [document]"),
    ],
)
def test_what_readers_would_not_take_back_is_refused(documents: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        write_yaml(documents)

    assert str(caught.value) == message


def test_an_object_that_contains_itself_is_refused() -> None:
    with pytest.raises(InvalidValue, match="at most 200 levels deep; does an object contain itself"):
        write_yaml([repeated()])


@pytest.mark.parametrize("blocks", [None, Remembered[str]()], ids=["new", "remembered"])
def test_two_ways_into_itself_are_no_more_work_than_one(blocks: Remembered[str] | None) -> None:
    inner: dict[str, Any] = {"a": 1, "b": 2, "c": 3, "d": 4}
    if blocks is None:
        inner["e"] = [inner, inner]
        with pytest.raises(InvalidValue, match="at most 200 levels deep"):
            write_yaml([{"items": [inner]}])
    else:
        # documents of an app were copied before, so that nothing is in itself; twice in one list is well
        first = write_yaml([{"items": [inner, inner]}], blocks=blocks)
        assert (
            first == write_yaml([{"items": [inner, inner]}], blocks=blocks) == write_yaml([{"items": [inner, inner]}])
        )


def test_blocks_that_are_remembered_are_written_as_others() -> None:
    blocks: Remembered[str] = Remembered()
    item: dict[str, Any] = {
        "a": 1,
        "b": "x\ny\n",
        "c": [],
        "d": {"e": None},
        "f": [{"g": True, "h": 1.0, "i": 1, "j": 2, "k": 3}],
    }
    every: list[Any] = [
        [{"x": [item, [item]]}],
        [{"y": {"z": [item]}}],
        [{"x": [{**item, "a": True}, {**item, "a": 1.0}]}],
    ]
    for documents in every:
        assert write_yaml(documents, blocks=blocks) == write_yaml(documents)
        assert write_yaml(documents, blocks=blocks) == write_yaml(documents)


def test_an_error_does_not_depend_on_what_was_written_before() -> None:
    def documents(last: Any) -> Iterable[Any]:
        yield {"a": "same"}
        yield {"a": "same", "b": last}

    assert write_yaml(documents("same")).count("same") == 3
    with pytest.raises(WrongType, match=r"documents\[1\]\.b must be plain JSON, got object"):
        write_yaml(documents(object()))

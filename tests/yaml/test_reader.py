"""Files mean to us what they mean to ``kubectl apply -f``; the conformance tier compares with its decoder."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise
from typing import Any

import pytest
import yaml

from patterns.errors import InvalidValue
from patterns.yaml import document, read_yaml

MORE = "kubectl leaves out what follows the end of a document; write --- before the next one"
ALONE = "nothing but a comment may stand after ---"
EITHER = "and kubectl keeps either one; remove one of them"
MERGE = "a merge key must have a mapping"
RAW = "must not stand in YAML; write it as an escape in double quotes"


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("", []),
        ("# nothing\n", []),
        ("---\n---\n# nothing\n---\n", []),
        ("a: 1\n---\n\n---\nb: 2\n---", [{"a": 1}, {"b": 2}]),
        ("--- # first\na: 1\n...\n---\nb: 2\n...\n# end\n", [{"a": 1}, {"b": 2}]),
        ("a: 1\r\nb: |\r\n  x\r\n  y\r\n---\r\nc: 3\r\n", [{"a": 1, "b": "x\ny\n"}, {"c": 3}]),
        ("\ufeffa: 1\n---\n\ufeffb: 2\n", [{"a": 1}, {"b": 2}]),
        ("a: |\n  x\n---\nb: 1", [{"a": "x\n"}, {"b": 1}]),
        ("a: |\n  x", [{"a": "x\n"}]),
        ("a: |+\n  x\n\n", [{"a": "x\n\n"}]),
        ("---\n{\n  a: 1, # KYAML\n  b: [x, z,],\n}\n", [{"a": 1, "b": ["x", "z"]}]),
        ("a: 'it''s'\nb: \"it\\'s\"\nc: \"é\\'\\\\\\'\"\n", [{"a": "it's", "b": "it's", "c": "é'\\'"}]),
        ("y: 1\n8080: 2\n0644: 3\n1.5: 4\n", [{"true": 1, "8080": 2, "420": 3, "1.5": 4}]),
        ("on: push\nmode: 0644\nother: 0o644\ndate: 2024-01-01\ntime: 1:20\n", [
            {"true": "push", "mode": 420, "other": 420, "date": "2024-01-01", "time": "1:20"}
        ]),
        ("a: 2\nb: 1\na: 3\n", [{"a": 3, "b": 1}]),
        ("emptyDir:\nb: ~\n", [{"emptyDir": None, "b": None}]),
        ("a: =\nb: '<<'\n'<<': 1\n", [{"a": "=", "b": "<<", "<<": 1}]),
        ("a: !!binary aGk=\nb: !!str 1\nc: ! 2\nd: !x 3\ne: !!set {f, g}\n", [
            {"a": "hi", "b": "1", "c": "2", "d": "3", "e": {"f": None, "g": None}}
        ]),
        ("a: 1.0\nb: 1e3\nc: 1e22\nd: 0.5\n", [{"a": 1, "b": 1000, "c": 1e22, "d": 0.5}]),
        ("a\tb: c\td\t\n", [{"a\tb": "c\td"}]),
        ("[1, x]", [[1, "x"]]),
        ('{"a": "\\ud83d\\ude00"}\n{"a": 1}', [{"a": "\U0001f600"}, {"a": 1}]),
        ('{"a": 1}\n---\nb: 2\n', [{"a": 1}, {"b": 2}]),
        ('{"a": "\\ud83d"}', [{"a": "\ufffd"}]),
        ("{a: 1}\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
    ],
)  # fmt: skip
def test_a_file_means_what_kubectl_applies(text: str, documents: list[Any]) -> None:
    assert read_yaml(text) == documents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("base: &b {x: 1, z: 2}\nc:\n  <<: *b\n  x: 3\n", {"x": 3, "z": 2}),
        ("base: &b {x: 1, z: 2}\nc:\n  x: 3\n  <<: *b\n", {"x": 1, "z": 2}),
        ("a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc:\n  <<: [*a, *b]\n", {"x": 1, "z": 3}),
        ("c:\n  <<: {x: 1}\n", {"x": 1}),
        ("c:\n  <<: []\n", {}),
    ],
)
def test_merge_keys_overwrite_what_stands_above_them_as_in_kubectl(text: str, value: Any) -> None:
    (found,) = read_yaml(text)

    assert isinstance(found, dict)
    assert found["c"] == value


def test_keys_keep_their_order() -> None:
    (found,) = read_yaml("b: 1\na: &x {d: 1, c: 2}\n<<: {z: 1, f: 2}\n")

    assert isinstance(found, dict)
    assert list(found) == ["b", "a", "z", "f"]


def test_aliases_are_copies() -> None:
    (found,) = read_yaml("a: &a {b: [1]}\nc: *a\n")

    assert isinstance(found, dict)
    assert found["a"] == found["c"] == {"b": [1]}
    assert found["a"] is not found["c"]


def test_an_anchor_may_be_set_again_and_be_a_key() -> None:
    assert read_yaml("a: &x 1\nb: &x k\n*x : *x\n") == [{"a": 1, "b": "k", "k": "k"}]


@pytest.mark.parametrize(
    ("data", "documents"),
    [
        ("a: é\n".encode(), [{"a": "é"}]),
        ("a: é\n".encode("utf-8-sig"), [{"a": "é"}]),
        ("a: é\n".encode("utf-16"), [{"a": "é"}]),
    ],
)
def test_bytes_may_have_a_byte_order_mark(data: bytes, documents: list[Any]) -> None:
    assert read_yaml(data) == documents


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n---\nb: 2\nc: d: e\n", "line 4, column 5: mapping values are not allowed in this context"),
        ("a: [1\n", "line 2, column 1: did not find expected ',' or ']'"),
        ("a: 1\n...\nb: 2\n", f"line 3, column 1: {MORE}"),
        ("  a: 1\nb: 2\n", f"line 2, column 1: {MORE}"),
        ("--- {a: 1}\n", f"line 1, column 4: {ALONE}, got '{{a: 1}}'; begin the document on the next line"),
        ("a: b\n1: c\n'1': d\n", f"line 3, column 1: two keys become '1', {EITHER}"),
        ("a: *x\n", "line 1, column 4: there is no anchor &x above"),
        ("a: &x [*x]\n", "line 1, column 8: anchor &x contains itself"),
        ("? [a]\n: b\n", "line 1, column 3: a mapping or list cannot be a key"),
        ("a: &x [b]\n*x : c\n", "line 2, column 1: a mapping or list cannot be a key"),
        ("~: a\n", "line 1, column 1: null cannot be a key; put it in quotes"),
        ("a: .inf\n", "line 1, column 4: JSON has no inf; put it in quotes if it is meant as text"),
        ("a: !!int x\n", "line 1, column 4: 'x' is no !!int"),
        ("<<: 1\n", f"line 1, column 5: {MERGE} or a list of mappings"),
        ("<<: [1]\n", f"line 1, column 6: {MERGE} or a list of mappings"),
        ("a: &x [{b: 1}]\n<<: *x\n", f"line 2, column 5: {MERGE}, or a list of mappings written in place"),
        ("a: 1\n---\nb: \x7f\n", f"line 3, column 4: U+007F {RAW}"),
        ("a: b\ufeff\n", f"line 1, column 5: U+FEFF {RAW}"),
        ("a: \ud800\n", f"line 1, column 4: U+D800 {RAW}"),
        ("a:\n\t- b\n", "line 2, column 1: found character that cannot start any token"),
        ("%YAML 1.1\n---\na: 1\n", "line 2, column 1: did not find expected <document start>"),
    ],
)  # fmt: skip
def test_what_kubectl_cannot_read_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_yaml(text, source="shop.yaml")

    assert str(caught.value) == f"shop.yaml: {message}"


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        read_yaml(b"a: b\nc: \xff\n", source="shop.yaml")

    assert str(caught.value) == "shop.yaml: line 2: must be text in UTF-8, got invalid start byte at byte 8"


def test_json_that_is_followed_by_something_else_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"shop\.json: line 2: nothing but JSON may follow JSON objects"):
        read_yaml('{"a": 1}{"b": 2}\nc', source="shop.json")


def test_aliases_that_explode_are_refused_before_they_take_memory() -> None:
    names = "abcdefghij"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]" for below, name in pairwise(names)]
    tracemalloc.start()

    with pytest.raises(InvalidValue, match="aliases repeat too much of the document"):
        read_yaml("\n".join(lines))

    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    ["- " * 3000 + "a", "[" * 900, "\n".join(" " * level + "a:" for level in range(300)), '{"a":' * 100_000],
)
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(InvalidValue, match="deep"):
        read_yaml(text)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_it_reads_the_same_without_libyaml(loader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "LOADER", loader)

    assert read_yaml('a: &a {y: 0644}\nb: {<<: *a}\nc: ! 1\nd: "it\\\'s"\n') == [
        {"a": {"true": 420}, "b": {"true": 420}, "c": "1", "d": "it's"}
    ]

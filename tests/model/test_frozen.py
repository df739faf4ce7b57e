"""Collections that do not change, and JSON in and out of them."""

from __future__ import annotations

import copy
import pickle

import pytest

from patterns.model.frozen import FrozenMap, NotJson, encodable, freeze, thaw


def test_a_frozen_map_is_a_mapping_that_cannot_change() -> None:
    frozen = FrozenMap({"b": 1, "a": 2})
    assert (list(frozen), frozen["a"], len(frozen), repr(frozen)) == (["b", "a"], 2, 2, "{'b': 1, 'a': 2}")
    assert frozen == {"a": 2, "b": 1} and frozen == FrozenMap({"a": 2, "b": 1}) and frozen != 3
    assert hash(frozen) == hash(FrozenMap({"a": 2, "b": 1}))
    with pytest.raises(TypeError):
        frozen["a"] = 3  # type: ignore[index]  # that is the test


def test_a_frozen_map_survives_copies() -> None:
    frozen = FrozenMap({"a": ("b",)})
    assert pickle.loads(pickle.dumps(frozen)) == copy.deepcopy(frozen) == copy.copy(frozen) == frozen


def test_json_comes_back_fresh_and_the_same() -> None:
    given = {"a": [1, 2.5, None, True, {"b": "é"}], "c": {}}
    frozen = freeze(given)
    assert hash(frozen)
    back = thaw(frozen)
    assert back == given and back is not given and thaw(frozen) is not back


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [float("inf")]}, ".a[0]"),
        ({"a": {1: 2}}, ".a"),
        ([2**53 + 1], "[0]"),
        ({"a": b"x"}, ".a"),
        ({"a": {1}}, ".a"),
        ("\udfff", ""),
    ],
)
def test_refuses_what_json_cannot_carry(value: object, path: str) -> None:
    with pytest.raises(NotJson) as raised:
        freeze(value)
    assert raised.value.path == path


def test_what_a_file_can_carry() -> None:
    assert encodable("a\n\t日本😀\0") and not encodable("a\ud83d")

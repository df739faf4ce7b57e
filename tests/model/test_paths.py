"""Paths and file modes."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import FileMode
from patterns.model.paths import absolute_path, normalised_path, relative_path

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (lambda: FileMode(440), InvalidValue, 'mode must be octal, got 440, which means 0o670; write 0o440 or "0440"'),
    (lambda: FileMode(777), InvalidValue, 'mode must be octal, got 777, which means 0o1411; write 0o777 or "0777"'),
    (lambda: FileMode(512), InvalidValue, "mode must be 0o000-0o777, got 0o1000"),
    (lambda: FileMode(-1), InvalidValue, "mode must be 0o000-0o777, got -0o1"),
    (lambda: FileMode("440"), InvalidValue, 'mode must be octal text such as "0440", got \'440\'; write "0440"'),
    (lambda: FileMode("0999"), InvalidValue, "mode must be octal text such as \"0440\", got '0999'"),
    (lambda: FileMode("01777"), InvalidValue, "mode must be 0o000-0o777, got 01777"),
    (lambda: FileMode(True), WrongType, "mode must be an int such as 0o440, got bool True"),
    (lambda: absolute_path("a"), InvalidValue, "mount_path must be an absolute path, got 'a'; write '/a'"),
    (lambda: absolute_path("/a/.."), InvalidValue, "mount_path must be a path without '..', got '/a/..'; write '/'"),
    (
        lambda: absolute_path("/a\u2028b"),
        InvalidValue,
        "mount_path must be a path without control characters, got '/a\\u2028b'",
    ),
    (lambda: relative_path("/a", "sub_path"), InvalidValue, "sub_path must be a relative path, got '/a'; write 'a'"),
    (lambda: relative_path("a/../b", "sub_path"), InvalidValue, "sub_path must be a path without '..', got 'a/../b'"),
    (
        lambda: relative_path("..a", "path", reserved=True),
        InvalidValue,
        ("path must be a path without '..' at its beginning, which a kubelet keeps for itself, got '..a'"),
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("written", "expected"),
    [(0o440, 288), ("0440", 288), ("0o440", 288), (0o644, 420), (0, 0), (0o777, 511), ("0620", 400)],
)
def test_modes_in_octal(written: int | str, expected: int) -> None:
    assert int(FileMode(written)) == expected


def test_a_mode_survives_copies() -> None:
    mode = FileMode("0620")
    assert FileMode(mode) == pickle.loads(pickle.dumps(mode)) == copy.deepcopy(mode) == 400
    assert repr(mode) == "FileMode('0620')"


@pytest.mark.parametrize("path", ["/", "/a", "/a/", "/a b/ü", "/a/.b..c"])
def test_absolute_paths(path: str) -> None:
    absolute_path(path)


@pytest.mark.parametrize("path", ["/d", "/d/", "//d", "/./d", "/a/../d", "d", "/../d", "/d/."])
def test_paths_that_are_one(path: str) -> None:
    assert normalised_path(path) == "/d"


def test_relative_paths() -> None:
    relative_path("a/b..c", "sub_path")
    relative_path("..a", "sub_path")

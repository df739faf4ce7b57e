"""Two writers of one file: the last one would win."""

from __future__ import annotations

import pytest

from patterns.errors import Conflict
from patterns.pod.written_files import with_files

FIRST = with_files({}, {"site": {"a/b": "1", "c": "1"}}, "first")


@pytest.mark.parametrize("path", ["a/c", "a/b", "ab", "d", "a/b.c", "cc/d"])
def test_other_paths_and_the_same_content_are_well(path: str) -> None:
    assert with_files(FIRST, {"site": {path: "1"}}, "second")["site"][path].content == "1"


def test_other_volumes_are_apart() -> None:
    assert with_files(FIRST, {"logs": {"c": "2"}}, "second")["logs"]["c"].by == "second"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("c", "file 'c' of volume 'site' is written by first, and second writes another one there; the one that runs"),
        ("a", "'a' of volume 'site' is a directory of first, which writes 'a/b', and second writes a file there"),
        ("a/b/c", "'a/b' of volume 'site' is a file of first, and second needs a directory there for 'a/b/c'"),
        ("c/d/e", "'c' of volume 'site' is a file of first, and second needs a directory there for 'c/d/e'"),
    ],
)
def test_both_are_named(path: str, message: str) -> None:
    with pytest.raises(Conflict) as raised:
        with_files(FIRST, {"site": {path: "2"}}, "second")
    assert str(raised.value).startswith(message)


def test_files_of_one_writer_may_not_meet_either() -> None:
    with pytest.raises(Conflict, match="'a' of volume 'site' is a file of X, and X needs a directory there for 'a/b'"):
        with_files({}, {"site": {"a": "1", "a/b": "2"}}, "X")
    with pytest.raises(Conflict, match="file 'a/b' of volume 'site' is written by first"):
        with_files(FIRST, {"site": {"./a//b": "2"}}, "second")

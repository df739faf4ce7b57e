"""Writing is all or nothing, and touches only what is ours."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from patterns.errors import PatternError
from patterns.output import LIST, NotWritten, write


def tree(directory: Path) -> dict[str, str]:
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}


def listed(directory: Path) -> set[str]:
    return set(json.loads((directory / LIST).read_text()))


def test_writes_files_and_folders(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "dist"
    assert write(out, {"a.yaml": "a\n", "b/c.yaml": "ü\n"}, ["b", "empty"]) == ["a.yaml", "b/c.yaml"]
    assert (out / "b/c.yaml").read_bytes() == "ü\n".encode()
    assert (out / "empty").is_dir()
    assert listed(out) == {"a.yaml", "b/c.yaml"}
    assert sorted(path.name for path in out.iterdir()) == [LIST, "a.yaml", "b", "empty"]


def test_a_second_time_touches_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "a\n"})
    before = (tmp_path / "a.yaml").stat()
    assert write(tmp_path, {"a.yaml": "a\n"}) == []
    after = (tmp_path / "a.yaml").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_what_is_no_longer_made_is_removed_with_its_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "a\n", "old/b.yaml": "b\n"})
    assert write(tmp_path, {"a.yaml": "a\n"}) == ["old/b.yaml"]
    assert tree(tmp_path).keys() == {LIST, "a.yaml"}
    assert not (tmp_path / "old").exists()


def test_what_is_not_ours_or_was_changed_by_hand_stays(tmp_path: Path) -> None:
    write(tmp_path, {"changed.yaml": "a\n", "gone.yaml": "b\n"})
    (tmp_path / "changed.yaml").write_text("by hand\n")
    (tmp_path / "gone.yaml").unlink()
    (tmp_path / "theirs.yaml").write_text("theirs\n")
    write(tmp_path, {"new.yaml": "new\n"})
    found = tree(tmp_path)
    assert (found["changed.yaml"], found["theirs.yaml"], found["new.yaml"]) == ("by hand\n", "theirs\n", "new\n")
    assert listed(tmp_path) == {"new.yaml"}


def test_a_file_that_a_chart_writes_is_the_charts(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("theirs\n")
    write(tmp_path, {"a.yaml": "ours\n"})
    (tmp_path / "a.yaml").write_text("by hand\n")
    write(tmp_path, {"a.yaml": "ours\n"})
    assert (tmp_path / "a.yaml").read_text() == "ours\n"


def occupied(directory: Path, what: str) -> None:
    path = directory / what.rstrip("/")
    path.parent.mkdir(exist_ok=True)
    if what.endswith("/"):
        path.mkdir()
    else:
        path.write_text("theirs\n")


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("z.yaml/", "'/z.yaml' is a directory, and must be a file"),
        ("folder", "'/folder' is no directory, and must be one"),
        ("fresh", "'/fresh' is no directory, and must be one"),
        ("fresh/b.yaml/", "'/fresh/b.yaml' is a directory, and must be a file"),
    ],
)
def test_an_error_puts_everything_back(there: str, said: str, tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "old a\n", "stale.yaml": "stale\n"})
    occupied(tmp_path, there)
    before = tree(tmp_path)
    names = sorted(path for path in tmp_path.rglob("*"))
    with pytest.raises(NotWritten) as caught:
        write(tmp_path, {"a.yaml": "new a\n", "fresh/b.yaml": "b\n", "z.yaml": "z\n"}, ["folder"])
    assert tree(tmp_path) == before
    assert sorted(path for path in tmp_path.rglob("*")) == names
    assert str(caught.value).replace(str(tmp_path), "") == (
        f"App: the output directory '' was not written: {said}; move it away, or choose another outdir"
    )
    assert isinstance(caught.value, PatternError)
    assert isinstance(caught.value, OSError)


@pytest.mark.parametrize("below", ["", "/deep/dist"])
def test_a_file_where_the_directory_has_to_be_is_named(below: str, tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("theirs\n")
    with pytest.raises(NotWritten, match=r"/dist' is no directory, and must be one; move it away"):
        write(Path(f"{tmp_path}/dist{below}"), {"a.yaml": "a\n"})
    assert (tmp_path / "dist").read_text() == "theirs\n"


def test_a_list_of_files_that_is_a_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / LIST).mkdir()
    with pytest.raises(NotWritten, match=r"/\.patterns' is a directory, and must be a file"):
        write(tmp_path, {"a.yaml": "a\n"})
    assert [path.name for path in tmp_path.iterdir()] == [LIST]


def test_what_else_the_system_refuses_is_said_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"was not written: File name too long, for '.*b\.yaml'") as caught:
        write(tmp_path, {"a.yaml": "a\n", f"{'b' * 300}.yaml": "b\n"})
    assert caught.value.errno == errno.ENAMETOOLONG
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["no json", "[]", '{"../outside.yaml": "x", "/etc/passwd": "x", "a": 1}'])
def test_a_list_that_is_none_removes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "outside.yaml").write_text("x")
    out = tmp_path / "dist"
    out.mkdir()
    (out / LIST).write_text(text)
    write(out, {"a.yaml": "a\n"})
    assert (tmp_path / "outside.yaml").exists()
    assert listed(out) == {"a.yaml"}


def test_an_empty_app_leaves_no_list(tmp_path: Path) -> None:
    assert write(tmp_path, {}) == []
    assert list(tmp_path.iterdir()) == []

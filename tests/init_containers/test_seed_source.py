"""Where files come from, without a pod."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patterns.errors import InvalidValue, NotFound, WrongType
from patterns.init_containers.seed_source import FromConfigMap, FromDirectory, FromImage, FromSecret


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    for path in ("z.html", "a/b/page.html", "a.html", ".well-known/x", ".git/config", "a/.DS_Store"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    (root / "empty").mkdir()
    return root


def test_a_directory_is_read_in_order_of_its_paths(site: Path) -> None:
    contents = FromDirectory(site).contents()
    assert list(contents) == [".well-known/x", "a.html", "a/b/page.html", "z.html"]
    assert contents == {path: path.encode() for path in contents}


def test_names_are_excluded_by_patterns(site: Path) -> None:
    assert list(FromDirectory(str(site), exclude=[".*", "b"]).contents()) == ["a.html", "z.html"]


def test_a_relative_path_starts_in_the_current_directory(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.parent)
    assert FromDirectory("site").contents() == FromDirectory(site).contents()


def test_a_link_is_the_file_that_it_leads_to(site: Path) -> None:
    (site / "link.html").symlink_to("a/b/page.html")
    assert FromDirectory(site).contents()["link.html"] == b"a/b/page.html"


def test_a_directory_that_is_not_there_is_named_in_full(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        FromDirectory(tmp_path / "site").contents()
    assert str(caught.value) == (
        f"files: there is no directory '{tmp_path}/site'; a relative path starts in the current directory, write "
        "FromDirectory(Path(__file__).parent / 'site') for one beside your own file"
    )


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("/etc/passwd", "is a link out of the directory; copy the file, or exclude it"),
        ("../outside", "is a link out of the directory; copy the file, or exclude it"),
        ("nowhere", "is a link that leads nowhere; mend it, or exclude it"),
        ("a", "is a link to a directory; copy that, or exclude it"),
    ],
)
def test_other_links_are_refused(site: Path, target: str, problem: str) -> None:
    (site.parent / "outside").write_text("x")
    (site / "link").symlink_to(target)
    with pytest.raises(InvalidValue) as caught:
        FromDirectory(site).contents()
    assert str(caught.value) == f"files: '{site}/link' {problem}"


def test_what_is_no_file_is_refused(site: Path) -> None:
    os.mkfifo(site / "pipe")
    with pytest.raises(InvalidValue) as caught:
        FromDirectory(site).contents()
    assert str(caught.value) == f"files: '{site}/pipe' is no file; exclude it"


def test_a_directory_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue) as caught:
        FromDirectory(tmp_path).contents()
    assert str(caught.value) == f"files: the directory '{tmp_path}' holds no file"


def test_a_directory_that_is_too_large_is_refused_before_it_is_read(site: Path) -> None:
    with (site / "disk.img").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(
        InvalidValue, match=r"files must be at most 1048576 bytes in all, .*the largest is 'disk.img' with"
    ):
        FromDirectory(site).contents()


def test_keys_of_a_config_map_are_files() -> None:
    assert FromConfigMap("pages").volume("seed").render() == {"name": "seed", "configMap": {"name": "pages"}}
    assert FromConfigMap("pages", ["a", "b"]).volume("seed").render() == {
        "name": "seed",
        "configMap": {"name": "pages", "items": [{"key": "a", "path": "a"}, {"key": "b", "path": "b"}]},
    }


def test_keys_of_a_secret_have_paths() -> None:
    assert FromSecret("certs", {"tls.crt": "certs/server.crt"}).volume("seed").render() == {
        "name": "seed",
        "secret": {"secretName": "certs", "items": [{"key": "tls.crt", "path": "certs/server.crt"}]},
    }


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"a": "../x"}, "FromSecret 'certs': files['../x'] must be a path without '..', got '../x'"),
        ({"a": "x", "b": "x/y"}, "FromSecret 'certs': files['x'] is a file, and files['x/y'] needs a directory there"),
        (
            {"a b": "x"},
            (
                "FromSecret 'certs': keys: key must be at most 253 letters, digits, '-', '_' and '.', and not '.' or "
                "begin with '..', got 'a b'"
            ),
        ),
    ],
)
def test_bad_keys_are_refused(keys: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        FromSecret("certs", keys)
    assert str(caught.value) == message


def test_one_string_is_no_list_of_keys() -> None:
    with pytest.raises(WrongType):
        FromSecret("certs", "tls.crt")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("site", "FromImage: path must be an absolute path, got 'site'; write '/site'"),
        ("/", "FromImage: path must be a directory or file of the image, got '/'; name the one that is to be copied"),
        (
            "/seed-target/x",
            (
                "FromImage: path must not be below /seed-source or /seed-target, where the seeder mounts its volumes, "
                "got '/seed-target/x'"
            ),
        ),
    ],
)
def test_a_bad_path_in_an_image_is_refused(path: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        FromImage("registry.example.com/site:1.2", path)
    assert str(caught.value) == message


def test_a_bad_image_is_refused() -> None:
    with pytest.raises(InvalidValue, match="image must hold no whitespace"):
        FromImage("registry.example.com/site: 1.2", "/site")

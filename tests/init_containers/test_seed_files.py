"""Paths, sizes, secrets and keys of files that are known when the app is synthesized."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.errors import InvalidValue
from patterns.init_containers.seed_files import check_secrets, checked_files, keys_of
from patterns.model.names import config_map_key

KEY = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n"


def test_text_and_bytes_keep_their_order() -> None:
    assert checked_files({"z.html": "é\r\n", "a/b.bin": b"\xff\0"}) == {
        "z.html": "é\r\n".encode(),
        "a/b.bin": b"\xff\0",
    }
    assert list(checked_files({"z": "", "a": ""})) == ["z", "a"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "files[''] must be a relative path, got ''"),
        ("/etc/passwd", "files['/etc/passwd'] must be a relative path, got '/etc/passwd'; write 'etc/passwd'"),
        ("a/../b", "files['a/../b'] must be a path without '..', got 'a/../b'"),
        (
            "..data",
            (
                "files['..data'] must be a path without '..' at its beginning, which a kubelet keeps for itself, "
                "got '..data'"
            ),
        ),
        ("a\0b", "files['a\\x00b'] must be a path without control characters, got 'a\\x00b'"),
        ("a\nb", "files['a\\nb'] must be a path without control characters, got 'a\\nb'"),
        ("a//b", "files['a//b'] must be the plain path of a file; write 'a/b'"),
        ("./a", "files['./a'] must be the plain path of a file; write 'a'"),
        ("a/./b", "files['a/./b'] must be the plain path of a file; write 'a/b'"),
        ("a/", "files['a/'] must be the plain path of a file; write 'a'"),
        ("é" * 128, f"files['{'é' * 128}'] must be UTF-8 with at most 255 bytes between slashes"),
        ("\ud800", "files['\\ud800'] must be UTF-8 with at most 255 bytes between slashes"),
    ],
)
def test_a_bad_path_is_refused(path: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        checked_files({path: "x"})
    assert str(caught.value) == message


@pytest.mark.parametrize("path", ["a b", "-rf", "$(x)", "*", "it's", '"', "\\", "é", ".hidden", "a/..b", "日本.html"])
def test_a_strange_path_is_no_bad_one(path: str) -> None:
    assert checked_files({path: "x"}) == {path: b"x"}


def test_a_file_is_no_directory_of_another() -> None:
    with pytest.raises(InvalidValue) as caught:
        checked_files({"a/b/c": "x", "a": "x"})
    assert str(caught.value) == "files['a'] is a file, and files['a/b/c'] needs a directory there"


def test_two_paths_do_not_differ_in_the_spelling_of_a_letter_alone() -> None:
    with pytest.raises(InvalidValue) as caught:
        checked_files({"caf\u00e9": "x", "cafe\u0301": "x"})
    assert str(caught.value) == (
        "files['cafe\u0301'] and another path differ only in how Unicode spells a letter; keep one of them"
    )


def test_no_file_is_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        checked_files({})
    assert str(caught.value) == 'files must hold at least one file, such as files={"index.html": "<h1>Shop</h1>\\n"}'


def test_more_than_a_config_map_holds_is_refused_with_what_to_do() -> None:
    assert checked_files({"a": "x" * (1024 * 1024 - 1)})
    with pytest.raises(InvalidValue) as caught:
        checked_files({"small": "x", "large": "é" * 600_000})
    assert str(caught.value) == (
        "files must be at most 1048576 bytes in all, which is what a ConfigMap holds, got 1200011 (the largest is "
        "'large' "
        'with 1200000); put them into an image, files=FromImage("<image>", "<directory>"), or into several seeders'
    )


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (KEY, "a private key in line 1"),
        ("\n\nDATABASE_URL=postgres://shop:hunter22@db/shop\n", "an address with a password in line 3"),
        ("x\r\nghp_" + "a" * 36, "a token in line 2"),
    ],
)
def test_what_looks_like_a_secret_is_refused(content: str, found: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        check_secrets({"tls.key": content.encode()})
    assert str(caught.value) == (
        f"files['tls.key'] holds {found}, and would stand in the rendered YAML; put the file into a Secret and write "
        'files=FromSecret("<Secret>"), or give not_secret="<reason>" where it is none'
    )


def test_what_is_no_secret_passes_however_long_its_lines_are() -> None:
    check_secrets(
        {"a.pem": b"-----BEGIN CERTIFICATE-----\n", "b.bin": bytes(range(256)), "c.js": b"a" * 1_000_000 + b"://x:y@z"}
    )


def test_every_path_has_a_key_of_its_own() -> None:
    paths = [
        "index.html",
        "a/b.html",
        "a_b.html",
        "a b.html",
        "é",
        "日",
        ".well-known/x",
        "x" * 300,
        "x/" + "x" * 250,
        "a/..b",
    ]
    keys = keys_of(paths)
    assert list(keys) == paths
    assert keys["index.html"] == "index.html"
    assert keys["a_b.html"] == "a_b.html"
    assert keys[".well-known/x"] == ".well-known_x"
    assert len(set(keys.values())) == len(paths)
    for key in keys.values():
        config_map_key(key)


@given(st.sets(st.text(st.sampled_from("ab./_-é "), min_size=1, max_size=6)))
def test_any_paths_have_keys_that_kubernetes_takes(names: set[str]) -> None:
    paths = {f"x{name}" for name in names}
    keys = keys_of(paths)
    assert len(set(keys.values())) == len(paths)
    for key in keys.values():
        config_map_key(key)


def test_keys_do_not_depend_on_the_order_of_the_files() -> None:
    paths = ["a/b", "a_b", "a b", "a%b"]
    assert keys_of(paths) == keys_of(reversed(paths))

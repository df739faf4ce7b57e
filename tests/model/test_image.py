"""References of images."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError
from patterns.model import image_reference

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: image_reference(""),
        InvalidValue,
        "image must not be empty; write one such as 'registry.example.com/shop/web:1.4.2'",
    ),
    (lambda: image_reference(" nginx"), InvalidValue, "image must hold no whitespace, got ' nginx'; write 'nginx'"),
    (lambda: image_reference("nginx "), InvalidValue, "image must hold no whitespace, got 'nginx '; write 'nginx'"),
    (
        lambda: image_reference("Nginx"),
        InvalidValue,
        (
            "image must have a path of lower-case letters, digits, '.', '_' and '-' between slashes, "
            "got 'Nginx'; write 'nginx'"
        ),
    ),
    (
        lambda: image_reference("https://docker.io/nginx"),
        InvalidValue,
        "image must have no scheme, got 'https://docker.io/nginx'; write 'docker.io/nginx'",
    ),
    (
        lambda: image_reference("a:b:c"),
        InvalidValue,
        ("image must have a path of lower-case letters, digits, '.', '_' and '-' between slashes, got 'a:b:c'"),
    ),
    (
        lambda: image_reference("a:"),
        InvalidValue,
        "image must have a tag of at most 128 letters, digits, '_', '.' and '-', got 'a:'",
    ),
    (
        lambda: image_reference("a@sha256:12"),
        InvalidValue,
        (
            "image must end in '@sha256:' and 64 digits of lower-case hex, or in '@sha512:' and 128, where it has a "
            "'@', got 'a@sha256:12'"
        ),
    ),
    (
        lambda: image_reference("a@md5:12"),
        InvalidValue,
        (
            "image must end in '@sha256:' and 64 digits of lower-case hex, or in '@sha512:' and 128, where it has a "
            "'@', got 'a@md5:12'"
        ),
    ),
    (
        lambda: image_reference("-a.b/c"),
        InvalidValue,
        "image must begin with a registry such as 'registry.example.com:5000', got '-a.b/c'",
    ),
    (
        lambda: image_reference("a/../b"),
        InvalidValue,
        ("image must have a path of lower-case letters, digits, '.', '_' and '-' between slashes, got 'a/../b'"),
    ),
    (lambda: image_reference("a" * 256), InvalidValue, "image must have a name of at most 255 characters, got 256"),
    (
        lambda: image_reference("日本"),
        InvalidValue,
        ("image must have a path of lower-case letters, digits, '.', '_' and '-' between slashes, got '日本'"),
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == f"image_reference: {message}"


DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("nginx", ("", "nginx", "", "")),
        ("library/nginx:1", ("", "library/nginx", "1", "")),
        ("docker.io/library/busybox:1.37.0", ("docker.io", "library/busybox", "1.37.0", "")),
        ("localhost/a", ("localhost", "a", "", "")),
        ("localhost:5000/a__b/c-d--e:V1_x", ("localhost:5000", "a__b/c-d--e", "V1_x", "")),
        ("[fd00::1]:5000/a", ("[fd00::1]:5000", "a", "", "")),
        (f"a.b/c:1@{DIGEST}", ("a.b", "c", "1", DIGEST)),
        (f"c@{DIGEST}", ("", "c", "", DIGEST)),
    ],
)
def test_parts_of_a_reference(image: str, parts: tuple[str, str, str, str]) -> None:
    assert image_reference(image) == parts

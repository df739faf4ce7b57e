"""The writer of nginx's configuration, against a reader that has nginx's rules of quotes."""

from __future__ import annotations

import re

import pytest

from patterns.errors import InvalidValue
from patterns.sidecars.nginx_syntax import directive, literal_text, section, write_nginx

#: https://github.com/nginx/nginx/blob/master/src/core/ngx_conf_file.c
_TOKEN = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<mark>[;{}])|(?P<plain>[^\s;{}"\']+)|\s+', re.DOTALL)
HOSTILE = [
    '"',
    "'",
    "\\",
    "\\\\",
    '\\"',
    ";",
    "{",
    "}",
    "{{x}}",
    "a b",
    "# x",
    "$(X)",
    "%",
    "*",
    "é",
    "",
    "'; }",
    '"; }',
]


def tokens(text: str) -> list[str]:
    """Words, and the marks of the structure, which are given as lists of one would be: ``<;>``."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, text[at:]
        at = match.end()
        if match["mark"]:
            found.append(f"<{match['mark']}>")
        elif match["quoted"] is not None:
            found.append(re.sub(r"\\(.)", r"\1", match["quoted"]))
        elif match["plain"]:
            assert not match["plain"].startswith("#")
            found.append(match["plain"])
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_the_structure(text: str) -> None:
    written = write_nginx(
        [section("server", block=[section("location", "^~", text, block=[directive("return", text)])])]
    )
    assert tokens(written) == ["server", "<{>", "location", "^~", text, "<{>", "return", text, "<;>", "<}>", "<}>"]


def test_blocks_are_indented() -> None:
    block = [directive("listen", 8080), section("location", "/", block=[directive("return", 200)])]
    assert write_nginx([section("server", block=block)]) == (
        "server {\n    listen 8080;\n    location / {\n        return 200;\n    }\n}\n"
    )


@pytest.mark.parametrize("text", ["a\nb", "\x00", "\x7f"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        write_nginx([directive("return", text)])
    assert str(caught.value) == f"an argument must have no control characters, got {text!r}"


def test_a_dollar_where_text_is_meant_is_refused() -> None:
    assert literal_text("/a b", "path") == "/a b"
    with pytest.raises(InvalidValue) as caught:
        literal_text("/$uri", "path")
    assert str(caught.value) == "path must hold no $, with which a variable of nginx begins, got '/$uri'"

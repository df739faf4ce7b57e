"""The writer of TOML, against Python's reader."""

from __future__ import annotations

import tomllib

import pytest

from patterns.errors import InvalidValue
from patterns.sidecars.toml import TomlValue, write_toml

HOSTILE = [
    '"',
    "'",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\x1f",
    "\x7f",
    "${X}",
    "$(X)",
    "{{x}}",
    "# x",
    "'''",
    '"""',
    "é😀\u2028",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    values: dict[str, TomlValue] = {"text": text, "list": [text, f"a{text}b"], "after": True}
    assert tomllib.loads(write_toml(values)) == values


def test_numbers_truth_and_empty_lists_are_read_back() -> None:
    values: dict[str, TomlValue] = {"one": 1, "less": -1, "yes": True, "no": False, "none": []}
    assert tomllib.loads(write_toml(values)) == values


@pytest.mark.parametrize("key", ["", "a b", "a.b", 'a"', "[a]", "a\nb"])
def test_a_key_that_would_be_something_else_is_refused(key: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        write_toml({key: "x"})
    assert str(caught.value) == f"a key must be of letters, digits, _ and -, got {key!r}"

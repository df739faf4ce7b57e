"""A writer of TOML, for the flat files that programs take: text, numbers, truth, and lists of text.

https://toml.io/en/v1.0.0#string
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from patterns.errors import InvalidValue

TomlValue: TypeAlias = str | bool | int | Sequence[str]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def write_toml(values: Mapping[str, TomlValue]) -> str:
    """One ``key = value`` for each, in the order given.

    Raises:
        InvalidValue: for a key that would need quotes.
    """
    for key in values:
        if not _BARE_KEY.fullmatch(key):
            raise InvalidValue(f"a key must be of letters, digits, _ and -, got {key!r}")
    return "".join(f"{key} = {_written(value)}\n" for key, value in values.items())


def _written(value: TomlValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    return "[" + ", ".join(_text(item) for item in value) + "]"


def _text(value: str) -> str:
    """A basic string: JSON's, whose escapes are TOML's too, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

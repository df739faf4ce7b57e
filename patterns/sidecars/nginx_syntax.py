"""A writer of nginx's configuration: directives as data, which no text can change.

https://nginx.org/en/docs/beginners_guide.html#conf_structure
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from patterns.errors import InvalidValue

#: what means nothing to nginx's reader outside of quotes; ``$`` begins a variable, as in quotes
_PLAIN = re.compile(r"[A-Za-z0-9_./:=,$+*^~|@%?&!-]+")


@dataclass(frozen=True)
class Directive:
    """A directive: its name, its arguments, and the block of a section."""

    name: str
    arguments: Sequence[str] = ()
    block: Sequence[Directive] | None = None


def directive(name: str, *arguments: str | int) -> Directive:
    """A simple directive."""
    return Directive(name, [str(argument) for argument in arguments])


def section(name: str, *arguments: str, block: Sequence[Directive]) -> Directive:
    """A directive with a block."""
    return Directive(name, arguments, block)


def literal_text(text: str, what: str) -> str:
    """Text for an argument in which nginx would put variables in: it has no escape for a dollar.

    Raises:
        InvalidValue: when there is one.
    """
    if "$" in text:
        raise InvalidValue(f"{what} must hold no $, with which a variable of nginx begins, got {text!r}")
    return text


def write_nginx(directives: Sequence[Directive]) -> str:
    """The text of a configuration file.

    Raises:
        InvalidValue: for a name or an argument with a control character.
    """
    return "".join(f"{line}\n" for one in directives for line in _lines(one))


def _lines(one: Directive) -> list[str]:
    head = " ".join(_argument(word) for word in (one.name, *one.arguments))
    if one.block is None:
        return [f"{head};"]
    return [f"{head} {{", *(f"    {line}" for child in one.block for line in _lines(child)), "}"]


def _argument(text: str) -> str:
    """In quotes where it needs them: there, only the quote and the backslash mean something, besides variables."""
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise InvalidValue(f"an argument must have no control characters, got {text!r}")
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""Templates of a ``ConfigFileRenderer``: text with ``${NAME}``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from patterns.errors import InvalidValue
from patterns.model import EnvSource, EnvVar, literal
from patterns.model.names import env_name
from patterns.model.value import within

#: what the shell and the kubelet set themselves
_TAKEN = frozenset({"HOME", "HOSTNAME", "PATH", "PWD"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def checked_templates(templates: Mapping[str, str], values: Iterable[str]) -> dict[str, bytes]:
    """The templates, each with a line end at its end, once every variable in them has a value.

    Raises:
        InvalidValue: for a variable without a value, ``${`` that begins none, or a value that is nowhere.
    """
    known = set(values)
    used: set[str] = set()
    for path, text in templates.items():
        for line, name in _variables(path, text):
            if name not in known:
                given = ", ".join(repr(each) for each in sorted(known)) or "none"
                raise InvalidValue(
                    f"templates[{path!r}], line {line}: variable {name!r} has no value; values has {given}; for the "
                    f"text itself write $${{{name}}}"
                )
            used.add(name)
    for name in sorted(known - used):
        raise InvalidValue(f"values[{name!r}] is in no template; take it out, or write ${{{name}}} where it belongs")
    return {path: (text if text.endswith("\n") else f"{text}\n").encode() for path, text in templates.items()}


def _variables(path: str, text: str) -> Iterable[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if "\0" in line:
            raise InvalidValue(f"templates[{path!r}], line {number}: must be text, and holds a NUL")
        at = line.find("${")
        while at >= 0:
            if at and line[at - 1] == "$":
                at = line.find("${", at + 2)
                continue
            end = line.find("}", at)
            name = line[at + 2 : end] if end >= 0 else line[at + 2 :]
            if end < 0 or not _NAME.fullmatch(name):
                raise InvalidValue(
                    f"templates[{path!r}], line {number}: ${{ must begin a variable such as ${{PORT}}, got "
                    f"{line[at : at + 40]!r}; for the text itself write $${{"
                )
            yield number, name
            at = line.find("${", end)


def variables_for(values: Mapping[str, str | EnvSource]) -> list[EnvVar]:
    """The environment of the renderer.

    Raises:
        InvalidValue: for a name that is none, or that the container has already.
    """
    result = []
    for name, value in values.items():
        with within(f"values[{name!r}]"):
            env_name(name, classic=True)
            if name in _TAKEN:
                raise InvalidValue("name must be another one, since the container has a variable of this name")
            # a value is put in as it is
            result.append(EnvVar(name, literal(value) if isinstance(value, str) else value))
    return result

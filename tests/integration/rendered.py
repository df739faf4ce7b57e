"""What is rendered, made to run on this machine: the command of a container, its variables, and its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from patterns.model import JsonObject
from patterns.model.json import objects_at, text_at


class Process(NamedTuple):
    """A container as a process."""

    command: list[str]
    env: dict[str, str]


def process_of(
    container: JsonObject, *, secrets: Mapping[str, str] | None = None, paths: Mapping[str, str] | None = None
) -> Process:
    """The container's command and variables, as the kubelet would start it.

    Args:
        container: as it is rendered.
        secrets: values of what it has by reference, by variable.
        paths: directories of this machine by those of the container.
    """
    env: dict[str, str] = {}
    for variable in objects_at(container, "env"):
        name = text_at(variable, "name")
        value = (secrets or {})[name] if "valueFrom" in variable else _expanded(text_at(variable, "value"), env)
        env[name] = _replaced(value, paths or {})
    words = []
    for key in ("command", "args"):
        listed = container.get(key, [])
        assert isinstance(listed, list)
        words += [_replaced(_expanded(str(word), env), paths or {}) for word in listed]
    return Process(words, env)


def _expanded(word: str, env: Mapping[str, str]) -> str:
    """``$(NAME)`` by its value and ``$$`` by one dollar, as the kubelet does it."""
    found = re.compile(r"\$\$|\$\(([^()]*)\)")
    return found.sub(lambda m: "$" if m[0] == "$$" else env.get(m[1], m[0]), word)


def _replaced(text: str, paths: Mapping[str, str]) -> str:
    for there, here in paths.items():
        text = text.replace(there, here)
    return text

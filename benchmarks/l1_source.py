"""Documents to program text: nested struct constructors, as a user of cdk8s' L1 objects would write them.

Which struct a field holds is read from the type hints of ``cdk8s_plus_34.k8s``. This runs before anything is measured.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from patterns.model.json import Json, JsonObject

VARIABLES = ("id", "web", "files", "config")
"""What differs from shop to shop: the id of the workload, and the names of its three objects."""


class Language(Enum):
    """What to write."""

    PYTHON = "Python"
    JAVASCRIPT = "JavaScript"


class Variable(str):
    """A string of a document that is an argument of the program instead."""

    __slots__ = ()


def with_variables(value: Json, names: Mapping[str, str]) -> Json:
    """The value with every string that is a key of ``names`` replaced by the variable."""
    if isinstance(value, str):
        return Variable(names[value]) if value in names else value
    if isinstance(value, Mapping):
        return {key: with_variables(item, names) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [with_variables(item, names) for item in value]
    return value


def literal(value: Json, language: Language) -> str:
    """Plain data in the language."""
    if isinstance(value, Variable):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)}: {literal(item, language)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(literal(item, language) for item in value) + "]"
    # a JSON string is a string of both languages
    return repr(value) if language is Language.PYTHON and not isinstance(value, str) else json.dumps(value)


def l1_call(document: JsonObject, id: str, language: Language) -> str:
    """The statement that makes the L1 object of the document below ``scope``; ``id`` is an expression."""
    from cdk8s_plus_34 import k8s  # here, because it starts Node

    kind = f"Kube{document['kind']}"
    fields = {key: value for key, value in document.items() if key not in ("apiVersion", "kind")}
    hints = get_type_hints(getattr(k8s, kind).__init__)
    arguments = _fields(fields, hints, language)
    if language is Language.PYTHON:
        return f"k8s.{kind}(scope, {id}, {arguments})"
    return f"new k8s.{kind}(scope, {id}, {{ {arguments} }})"


def _fields(value: JsonObject, hints: Mapping[str, Any], language: Language) -> str:
    parts: list[str] = []
    for key, item in value.items():
        snake = _snake(key)
        if snake not in hints:
            raise ValueError(f"the L1 struct has no field {snake!r}")
        text = _typed(item, hints[snake], language)
        parts.append(f"{snake}={text}" if language is Language.PYTHON else f"{_camel(snake)}: {text}")
    return ", ".join(parts)


def _typed(value: Json, hint: Any, language: Language) -> str:
    hint = _without_alternatives(hint)
    inner = get_args(hint)
    if isinstance(value, Mapping):
        if get_origin(hint) is not None:
            items = [f"{json.dumps(key)}: {_typed(item, inner[1], language)}" for key, item in value.items()]
            return "{" + ", ".join(items) + "}"
        fields = _fields(value, get_type_hints(hint.__init__), language)
        return f"k8s.{hint.__name__}({fields})" if language is Language.PYTHON else f"{{ {fields} }}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_typed(item, inner[0], language) for item in value) + "]"
    if hint.__name__ in ("IntOrString", "Quantity"):
        kind = "string" if isinstance(value, str) else "number"
        make = f"from_{kind}" if language is Language.PYTHON else f"from{kind.capitalize()}"
        return f"k8s.{hint.__name__}.{make}({literal(value, language)})"
    return literal(value, language)


def _without_alternatives(hint: Any) -> Any:
    """Of ``Union[Struct, dict, None]`` the struct."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    kept = [one for one in get_args(hint) if one is not type(None) and get_origin(one) is not dict]
    # `int | float` is jsii's number
    return kept[0]


def _snake(key: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(part.capitalize() for part in rest)

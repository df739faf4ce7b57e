"""One sentence for a value of the wrong type: what was wanted, what came, and the right call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from patterns.model.articles import a, either
from patterns.model.kinds import Choice, Instance, Kind, Many, Mismatch, OneOf, SomePairs, Text, Whole
from patterns.model.spelling import snake_case


def sentence(field: str, error: Mismatch) -> str:
    """``readiness_probe must be a Probe, got a dict; write readiness_probe=Probe(period_seconds=5, ...)``."""
    option = field if not error.path else ""
    wanted = either(error.kind.words or ("None",))
    if _is_secret(error.kind) and error.value is not None and not isinstance(error.value, type):
        # the value itself is not repeated
        got, hint = a(type(error.value).__name__), f'{option}{"=" if option else ""}SecretKey("my-secret", "{option}")'
    else:
        got, hint = _got(error.value), _hint(option, error.kind, error.value)
    return f"{field}{error.path} must be {wanted}, got {got}{'; write ' + hint if hint else ''}"


def _is_secret(kind: Kind) -> bool:
    """Whether nothing but a reference to a secret is taken: what comes instead is the secret."""
    kinds = kind.kinds if isinstance(kind, OneOf) else [kind]
    return {part.cls.__name__ for part in kinds if isinstance(part, Instance)} == {"SecretKey"}


def _got(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    text = repr(value) if isinstance(value, str | int | float) else ""
    return f"{a(type(value).__name__)}{' ' + text if 0 < len(text) < 40 else ''}"


def _hint(field: str, kind: Kind, value: object) -> str:
    """The right call, where one can be told."""
    kinds = kind.kinds if isinstance(kind, OneOf) else [kind]
    assign = f"{field}=" if field else ""
    if isinstance(value, type):
        return f"{assign}{value.__name__}(...)"
    for part in kinds:
        if isinstance(part, Many):
            if isinstance(value, str) and isinstance(part.item, Text):
                return f"{assign}{_words(value)!r}"
            if part.item.admits(value) and not isinstance(value, Mapping):
                return f"{assign}[{_short(value)}]"
        if isinstance(part, Text):
            written = {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else ""
            # a text that is also a number is a quantity or a mode, and neither is a switch or without bounds
            amount = any(isinstance(other, Whole) for other in kinds)
            if isinstance(value, bool | int | float) and not (amount and (written or value - value != 0)):
                return f'{assign}"{written or value}"'
            if isinstance(value, bytes):
                return f"{assign}{value!r}.decode()"
        if isinstance(part, Whole) and isinstance(value, str) and value.strip().lstrip("-").isdecimal():
            return f"{assign}{int(value)}"
        if (
            isinstance(part, Instance)
            and part.cls is bool
            and str(value).lower() in ("true", "false", "1", "0", "yes", "no")
        ):
            return f"{assign}{str(value).lower() in ('true', '1', 'yes')}"
        if isinstance(part, Choice) and isinstance(value, bool | int):
            return f"{assign}{part.values[0]!r}"
    mount = getattr(value, "mount", None)
    if any(isinstance(part, Instance) and isinstance(mount, part.cls) for part in kinds):
        return f"{assign}<it>.mount"
    if isinstance(value, Mapping):
        classes = [p.cls for p in kinds if isinstance(p, Instance) and hasattr(p.cls, "render")]
        example = getattr(classes[0], "example", "") if classes else ""
        if example:
            return assign + example
        if classes:
            return assign + _call(classes[0], cast("Mapping[object, object]", value))
    if any(isinstance(part, SomePairs) for part in kinds):
        return f"{assign}{{...}}"
    return ""


def _call(cls: type, fields: Mapping[object, object]) -> str:
    """A call that says what the dict says, in this library's spelling."""
    options = getattr(cls, "__dataclass_fields__", {})
    spoken = {snake_case(str(key)): item for key, item in fields.items()}
    shown = [f"{key}={_short(item)}" for key, item in spoken.items() if key in options][:3]
    if len(shown) < len(fields) or not shown:
        shown.append("...")
    return f"{cls.__name__}({', '.join(shown)})"


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | bool) else "..."
    return text if len(text) <= 40 else "..."


def _words(command: str) -> list[str]:
    import shlex

    try:
        return shlex.split(command)
    except ValueError:  # an open quote
        return [command]

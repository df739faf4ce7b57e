"""Writes manifests as YAML that kubectl, PyYAML and ruamel.yaml read back as the same values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from patterns.errors import InvalidValue, WrongType
from patterns.remembered import Remembered, content_of
from patterns.yaml.strings import LONGEST_SIMPLE_KEY, block, inline

if TYPE_CHECKING:
    from patterns.model.json import Json, JsonObject

#: Beyond it readers that take numbers as doubles (JavaScript, jq) round.
_MAX_INTEGER = 2**53
#: Far beyond any manifest, and what comes from an object that contains itself.
_MAX_DEPTH = 200

# Manifests repeat themselves: most strings of an app were decided before. Long ones rarely come twice.
_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 200
_texts: dict[str, str] = {}
_names: dict[str, str] = {}
# Whole containers come again as well: entries of lists with at least so many fields, and at most so many bytes.
_LEAST_ENTRIES = 5
_LONGEST_BLOCK = 8000


class _UnusualError(Exception):
    """Something that cannot be written, or a subclass of a plain type: `_plain` finds out which."""


def write_yaml(documents: Iterable[JsonObject], *, blocks: Remembered[str] | None = None) -> str:
    """The documents as one text, separated by ``---`` lines.

    Keys keep their order, lists stand two spaces below their key, and text of several lines is a literal block. There
    are no anchors, no folded lines and no tags. Whole floats are written as integers, as cdk8s writes them.

    Args:
        documents: plain JSON objects.
        blocks: what is remembered of the entries of lists, for documents that surely contain no object twice in itself.

    Raises:
        WrongType: for a value that JSON does not have, or a key that is not a string, with its path.
        InvalidValue: for what readers would not take back: an integer beyond 2**53, NaN, an infinity, a lone surrogate,
            more than 200 levels.
    """
    if isinstance(documents, (str, Mapping)):
        raise WrongType(f"documents must be a list of objects, got one {type(documents).__name__}; write [document]")
    parts: list[str] = []
    for number, document in enumerate(documents):
        if number:
            parts.append("---\n")
        written = len(parts)
        try:
            if type(document) is not dict:
                raise _UnusualError
            _object(document, "", "", parts.append, blocks)
        except (_UnusualError, UnicodeError):
            del parts[written:]
            _object(_plain_document(document, number), "", "", parts.append, None)
        if len(parts) == written:
            parts.append("{}\n")
    return "".join(parts)


# These two functions are the whole cost of writing: one append for each line, the commonest types first, and no call
# for a string that was written before. They know no paths; `_plain` looks for the culprit when there is one.


def _object(
    value: dict[str, Any], lead: str, pad: str, write: Callable[[str], None], blocks: Remembered[str] | None
) -> None:
    """The entries of ``value``: the first one after ``lead``, which may end in a dash, the others after ``pad``."""
    if len(pad) > 2 * _MAX_DEPTH:
        raise _UnusualError
    for key, item in value.items():
        name = _names.get(key)
        if name is None:
            name = _name(key, pad)
        kind = type(item)
        if kind is str:
            text = _texts.get(item)
            write(f"{lead}{name} {_text(item, pad) if text is None else text}\n")
        elif kind is dict and item:
            write(f"{lead}{name}\n")
            _object(item, f"{pad}  ", f"{pad}  ", write, blocks)
        elif kind is list and item:
            write(f"{lead}{name}\n")
            _list(item, f"{pad}  ", f"{pad}  ", write, blocks)
        else:
            write(f"{lead}{name} {_other(item)}\n")
        lead = pad


def _list(value: list[Any], lead: str, pad: str, write: Callable[[str], None], blocks: Remembered[str] | None) -> None:
    if len(pad) > 2 * _MAX_DEPTH:
        raise _UnusualError
    for item in value:
        kind = type(item)
        if kind is dict and item:
            if blocks is None or len(item) < _LEAST_ENTRIES:
                _object(item, f"{lead}- ", f"{pad}  ", write, blocks)
            else:
                write(_block(item, f"{lead}- ", f"{pad}  ", blocks))
        elif kind is str:
            text = _texts.get(item)
            write(f"{lead}- {_text(item, pad) if text is None else text}\n")
        elif kind is list and item:
            _list(item, f"{lead}- ", f"{pad}  ", write, blocks)
        else:
            write(f"{lead}- {_other(item)}\n")
        lead = pad


def _block(value: dict[str, Any], lead: str, pad: str, blocks: Remembered[str]) -> str:
    """What `_object` writes, in one text; nothing in it is remembered once more."""
    content = content_of(value)
    key = (lead, pad, content)
    known = blocks.get(key)
    if known is not None:
        return known
    parts: list[str] = []
    _object(value, lead, pad, parts.append, None)
    text = "".join(parts)
    return text if content is None or len(content) > _LONGEST_BLOCK else blocks.keep(key, text)


def _name(key: object, pad: str) -> str:
    """A key with its colon; one that is too long for readers' look-ahead in the explicit form."""
    if type(key) is not str:
        raise _UnusualError
    text = inline(key)
    if len(text) > LONGEST_SIMPLE_KEY:
        return f"? {text}\n{pad}:"
    if len(_names) >= _REMEMBERED:
        _names.clear()
    name = _names[key] = f"{text}:"
    return name


def _text(text: str, pad: str) -> str:
    if "\n" in text:
        written = block(text, f"{pad}  ")
        if written is not None:
            return written
    written = inline(text)
    if len(text) <= _LONGEST_REMEMBERED:
        if len(_texts) >= _REMEMBERED:
            _texts.clear()
        _texts[text] = written
    return written


def _other(value: object) -> str:
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is int:
        if -_MAX_INTEGER <= value <= _MAX_INTEGER:  # type: ignore[operator]  # it is an int
            return str(value)
    elif kind is float:
        return _float(value)  # type: ignore[arg-type]  # it is a float
    elif kind is dict:
        return "{}"
    elif kind is list:
        return "[]"
    raise _UnusualError


def _float(value: float) -> str:
    if not isfinite(value):
        raise _UnusualError
    if value.is_integer() and abs(value) <= _MAX_INTEGER:
        return str(int(value))
    mantissa, exponent, power = repr(value).partition("e")
    # YAML 1.1 knows a float by its point: 1e+22 would be a string to PyYAML
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else f"{mantissa}{exponent}{power}"


def _plain_document(document: object, number: int) -> dict[str, Json]:
    path = f"documents[{number}]"
    if not isinstance(document, dict):
        raise WrongType(f"{path} must be an object, got {type(document).__name__}")
    return {_plain_key(key, path): _plain(item, _below(path, key), 1) for key, item in document.items()}


def _plain(value: object, path: str, depth: int) -> Json:
    """``value`` in plain types, for subclasses such as string enumerations; or the error that says what is wrong."""
    if depth > _MAX_DEPTH:
        raise InvalidValue(f"{path[:60]}... must be at most {_MAX_DEPTH} levels deep; does an object contain itself?")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _plain_string(value, path)
    if isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            limit = "within 2**53, beyond which readers of JSON round"
            raise InvalidValue(f"{path} must be {limit}, got {value}; write it as a string")
        return int(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise InvalidValue(f"{path} must be a finite number, which JSON has no other of, got {value!r}")
        return float(value)
    if isinstance(value, dict):
        return {_plain_key(key, path): _plain(item, _below(path, key), depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, f"{path}[{at}]", depth + 1) for at, item in enumerate(value)]
    instead = "; write a list" if isinstance(value, (tuple, set, frozenset)) else ""
    raise WrongType(f"{path} must be plain JSON, got {type(value).__name__}{instead}")


def _plain_key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise WrongType(f"{path} must have strings as keys, got {key!r}; write {str(key)!r}")
    return _plain_string(key, f"a key of {path}")


def _plain_string(text: str, path: str) -> str:
    plain = str.__str__(text)
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        found = f"the lone surrogate U+{ord(plain[error.start]):04X}"
        raise InvalidValue(f"{path} must be Unicode text, got {found}") from None
    return plain


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if isinstance(key, str) and key.isidentifier() else f"{path}[{str(key)!r}]"

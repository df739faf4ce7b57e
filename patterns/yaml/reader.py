"""Reads manifests as ``kubectl apply -f`` reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

from patterns.errors import InvalidValue
from patterns.yaml.document import Repeated, read_document

if TYPE_CHECKING:
    from patterns.model.json import Json

# What YAML 1.1 does not allow raw, and the byte order mark, which readers skip, keep or refuse.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_yaml(text: str | bytes, *, source: str = "<string>") -> list[Json]:
    """The documents in ``text``, without the empty ones.

    Values are what ``kubectl apply`` sends: ``yes``, ``on`` and ``y`` are booleans, ``0644`` and ``0o644`` are 420,
    ``1:20`` and dates are strings, keys become strings, ``<<`` merges mappings, of two equal keys the last one wins (in
    the place of the first), aliases are copies, and ``---`` must stand alone on its line. A file of JSON objects is
    read as JSON. Keys keep their order. Whole floats are integers up to 2**53.

    Refused, although kubectl takes it and loses something: text after ``...``, which it leaves out; two keys that
    become the same string, such as ``1`` and ``"1"``, of which it keeps either one; bytes that are not UTF-8.

    Args:
        text: of a file; bytes may be UTF-8, or UTF-16 with a byte order mark.
        source: a name for messages, such as the path of the file.

    Raises:
        InvalidValue: for what kubectl cannot read, with line and column; also for more than 200 levels, and for aliases
            that would grow to many times the text.
    """
    content = (_decoded(text, source) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    documents, rest = _json_stream(content, source)
    start = content.count("\n", 0, len(content) - len(rest))
    for line, chunk in _chunks(rest, start, source):
        # files put together by cat have a byte order mark each
        document = chunk.removeprefix("\ufeff")
        _check_characters(document, source, line)
        documents.append(read_document(document, source, line))
    return [document for document in documents if document is not None]


def read_part(data: bytes, *, source: str, line: int, repeated: list[Repeated]) -> list[Json]:
    """The values of one part of a file, between two lines of ``---``: one as a rule, more in a stream of JSON.

    Args:
        data: in UTF-8.
        source: a name for messages.
        line: how many lines of the file come before.
        repeated: takes every key that stands twice in one mapping.

    Raises:
        InvalidValue: as `read_yaml` does.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        reason = f"must be text in UTF-8, got {error.reason}"
        raise InvalidValue(f"{source}: line {line}, column {column}: {reason}") from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    documents, rest = _json_stream(text, source)
    if documents and not rest.strip():
        return documents
    _check_characters(text, source, line)
    if text.startswith("---"):
        # such a line is its own part, and refused
        list(_chunks(text, line, source))
    return [read_document(text, source, line, repeated)]


def _check_characters(text: str, source: str, line: int) -> None:
    found = _FORBIDDEN.search(text)
    if found:
        line += text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        reason = f"U+{ord(found[0]):04X} must not stand in YAML; write it as an escape in double quotes"
        raise InvalidValue(f"{source}: line {line}, column {column}: {reason}")


def _decoded(data: bytes, source: str) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"must be text in UTF-8, got {error.reason} at byte {error.start}"
        raise InvalidValue(f"{source}: line {line}: {reason}") from None


def _chunks(text: str, line: int, source: str) -> Iterator[tuple[int, str]]:
    """The text of each document with the number of lines before it.

    kubectl cuts files at lines that begin with ``---`` before it parses any YAML, and ends every line with a line feed,
    see ``YAMLReader`` in ``k8s.io/apimachinery/pkg/util/yaml``.
    """
    first, lines = line, list[str]()
    for content in text.removesuffix("\n").split("\n"):
        line += 1
        if content.startswith("---"):
            after = content[3:].strip()
            if after and not after.startswith("#"):
                raise InvalidValue(
                    f"{source}: line {line}, column 4: nothing but a comment may stand after ---, got {after[:40]!r}; "
                    f"begin the document on the next line"
                )
            if lines:
                yield first, "".join(lines)
                first, lines = line, []
                continue
        lines.append(content.removesuffix("\r") + "\n")
    yield first, "".join(lines)


def _json_stream(text: str, source: str) -> tuple[list[Json], str]:
    """The JSON objects that ``text`` begins with, and the rest, which is YAML.

    kubectl tries JSON first where a file begins with a brace, and YAML where that fails before the second object.
    """
    found: list[Json] = []
    rest = text.lstrip()
    if not rest.startswith("{"):
        return found, text
    decoder = json.JSONDecoder(parse_float=_float, parse_int=_integer, parse_constant=_float)
    while rest:
        try:
            value, end = decoder.raw_decode(rest)
        except ValueError as error:
            if len(found) < 2 or rest.startswith("---"):
                break
            line = text.count("\n", 0, len(text) - len(rest)) + 1
            reason = f"nothing but JSON may follow JSON objects: {error}"
            raise InvalidValue(f"{source}: line {line}: {reason}") from None
        except RecursionError:
            raise InvalidValue(f"{source}: must not be nested so deep") from None
        found.append(_replaced(value) if "\\ud" in rest[:end].lower() else value)
        rest = rest[end:].lstrip()
    return found, rest


def _float(text: str) -> int | float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is out of range")
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value


def _integer(text: str) -> int | float:
    value = int(text)
    return value if -(2**63) <= value < 2**64 else float(value)


def _replaced(value: Json) -> Json:
    """Half a pair of surrogates is U+FFFD to Go."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_replaced(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _replaced(item) for key, item in value.items()}
    return value

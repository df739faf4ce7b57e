"""What a scalar of YAML means to kubectl.

These are the rules of go-yaml v2, and those by which ``sigs.k8s.io/yaml`` turns keys into strings. It is YAML 1.1 with
differences: ``0o14`` is a number, base 60 is not, dates stay strings, ``1e3`` needs no point, and numbers may hold
``_`` anywhere. See ``resolve.go`` in https://github.com/yaml/go-yaml/tree/v2.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from decimal import Decimal
from math import inf, isinf, isnan, nan
from typing import TypeAlias

Scalar: TypeAlias = "bool | int | float | str | None"

TAG = "tag:yaml.org,2002:"
_TYPED = frozenset(f"{TAG}{name}" for name in ("bool", "int", "float", "null", "timestamp"))

_WORDS: dict[str, Scalar] = {}
for _value, _spellings in (
    (True, "y Y yes Yes YES true True TRUE on On ON"),
    (False, "n N no No NO false False FALSE off Off OFF"),
    (None, "~ null Null NULL"),
    (nan, ".nan .NaN .NAN"),
    (inf, ".inf .Inf .INF +.inf +.Inf +.INF"),
    (-inf, "-.inf -.Inf -.INF"),
):
    for _spelling in _spellings.split():
        _WORDS[_spelling] = _value
_WORDS[""] = None

_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9][0-9]*))")
_BYTE = re.compile("[\udc80-\udcff]")
_SIGNED_BINARY = re.compile(r"0b([-+][01]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_POINT_FIRST = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
    r"(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?)?"
)


def scalar(text: str, tag: str | None) -> Scalar:
    """The value of a scalar that is bare (``tag`` None) or has a tag in its long form.

    Raises:
        ValueError: when the text does not fit the tag; the message tells why.
    """
    if tag is None:
        return _bare(text)
    if tag == f"{TAG}binary":
        return _binary(text)
    if tag not in _TYPED:
        return text
    value = _bare(text)
    if tag == f"{TAG}float" and type(value) is int:
        return float(value)
    fits = {
        f"{TAG}bool": type(value) is bool,
        f"{TAG}int": type(value) is int,
        f"{TAG}float": type(value) is float,
        f"{TAG}null": value is None,
        f"{TAG}timestamp": _TIMESTAMP.fullmatch(text) is not None,
    }
    if not fits[tag]:
        raise ValueError(f"{text[:40]!r} is no !!{tag.removeprefix(TAG)}")
    return value


def key_string(value: Scalar) -> str:
    """A key as the string that JSON needs.

    Raises:
        ValueError: for null and integers from 2**63 on, which kubectl refuses as keys.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_key(value)
    if value is None or value >= 2**63:
        raise ValueError(f"{'null' if value is None else value} cannot be a key; put it in quotes")
    return str(value)


def _bare(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first == ".":
        return _float(text.replace("_", ""), text) if _POINT_FIRST.fullmatch(text) else text
    if first not in "+-0123456789":
        return text
    digits = text.replace("_", "")
    found = _INTEGER.fullmatch(digits)
    if found:
        sign, *bases = found.groups()
        value = next(int(sign + part, base) for part, base in zip(bases, (16, 8, 2, 8, 10), strict=True) if part)
        # 64 bits, and the upper half only without a sign
        if -(2**63) <= value < 2**63 or (not sign and value < 2**64):
            return value
    binary = _SIGNED_BINARY.fullmatch(digits)
    if binary and -(2**63) <= int(binary[1], 2) < 2**63:
        return int(binary[1], 2)
    return _float(digits, text)


def _float(digits: str, text: str) -> float | str:
    value = float(digits) if _FLOAT.fullmatch(digits) else inf
    return text if isinf(value) else value


def _binary(text: str) -> str:
    try:
        data = b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        raise ValueError("a !!binary value must be base64") from None
    # Go writes each byte that is no UTF-8 as U+FFFD
    return _BYTE.sub("\ufffd", data.decode(errors="surrogateescape"))


def _float_key(value: float) -> str:
    """As Go's ``strconv.FormatFloat(value, 'g', -1, 32)``: the shortest digits that give the same 32-bit float."""
    if isnan(value):
        return ".nan"
    single = _single(value)
    if isinf(single):
        return ".inf" if single > 0 else "-.inf"
    shortest = next(text for size in range(9) if _single(float(text := f"{single:.{size}e}")) == single)
    exponent = shortest.partition("e")[2]
    if -4 <= int(exponent) < 6:
        return format(Decimal(shortest), "f")
    return shortest


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return inf if value > 0 else -inf

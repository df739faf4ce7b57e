"""Quantities as Kubernetes writes them, compared exactly.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from functools import cache, total_ordering

from patterns.errors import InvalidValue, WrongType

_BINARY = {f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


@total_ordering
class Quantity:
    """An exact number with a suffix: ``100m``, ``1.5Gi``, ``2e3``.

    Args:
        text: a number with one of the suffixes n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent; or a whole number.

    Raises:
        InvalidValue: for another form, with the nearest legal one.
        WrongType: for a float or a bool.
    """

    __slots__ = ("denominator", "numerator", "text")

    def __init__(self, text: str | int) -> None:
        if isinstance(text, bool) or not isinstance(text, str | int):
            hint = f'; write "{text}"' if isinstance(text, float) and abs(text) < 1e15 else ""
            raise WrongType(f"a quantity must be a str or an int, got {type(text).__name__} {text!r}{hint}")
        self.text = str(text)
        parsed = _parsed(self.text)
        if parsed is None:
            raise InvalidValue(_problem(self.text))
        self.numerator, self.denominator = parsed

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.numerator * other.denominator == other.numerator * self.denominator

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.numerator * other.denominator < other.numerator * self.denominator

    def __hash__(self) -> int:
        from math import gcd

        common = gcd(self.numerator, self.denominator)
        return hash((self.numerator // common, self.denominator // common))

    def __int__(self) -> int:
        """Rounded down."""
        return self.numerator // self.denominator

    def __repr__(self) -> str:
        return f"Quantity({self.text!r})"

    def __str__(self) -> str:
        return self.text

    def is_multiple_of(self, numerator: int, denominator: int = 1) -> bool:
        """Whether it is a whole number of parts: of thousandths with ``(1, 1000)``, of bytes with ``(1)``."""
        # asked of every quantity, so there is no decorator
        given = (numerator, denominator)
        if any(not isinstance(one, int) or isinstance(one, bool) or one < 1 for one in given):
            raise WrongType(
                "Quantity: is_multiple_of(): numerator and denominator must be ints of at least 1, got "
                f"{numerator!r} and {denominator!r}"
            )
        return self.numerator * denominator % (self.denominator * numerator) == 0


@cache
def _parsed(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"([+-]?)([0-9]+)?(?:\.([0-9]*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+|)", text, re.ASCII)
    if match is None or not (match[2] or match[3]):
        return None
    sign, whole, part, suffix = match.groups()
    digits = int((whole or "0") + (part or ""))
    numerator, denominator = -digits if sign == "-" else digits, 10 ** len(part or "")
    if suffix in _BINARY:
        return numerator * _BINARY[suffix], denominator
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    if abs(power) > 100:  # no resource is that large, and the number would fill the memory
        return None
    return (numerator * 10**power, denominator) if power >= 0 else (numerator, denominator * 10**-power)


def _problem(text: str) -> str:
    """A sentence on a bad quantity, with the legal forms near to it."""
    near = " or ".join(_near(text))
    rule = "a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi"
    return f"{rule}, got {text!r}{f'; write {near}' if near else ''}"


def _near(text: str) -> list[str]:
    match = re.fullmatch(r"\s*([+-]?[0-9]*(?:[.,][0-9]+)?)\s*([A-Za-z]*)\s*", text)
    if match is None or not match[1].strip("+-"):
        return []
    number, suffix = match[1].replace(",", "."), match[2]
    if suffix in _BINARY or suffix in _DECIMAL:
        return [number + suffix]
    letters = suffix.lower()
    for ending in ("bytes", "byte", "b"):
        letters = letters.removesuffix(ending)
    if letters == "":
        return [number]
    if letters[:1] in "kmgtpe" and letters[1:] in ("", "i"):
        large = letters[0].upper()
        decimal = "k" if large == "K" else large
        return [f"{number}{large}i"] if letters[1:] else [f"{number}{decimal}", f"{number}{large}i"]
    return []


def quantity(value: str | int, what: str) -> Quantity:
    """The quantity that an option gives, with the option's name in an error; never negative."""
    try:
        parsed = Quantity(value)
    except (InvalidValue, WrongType) as error:
        error.message = error.message.replace("a quantity must be", f"{what} must be", 1)
        raise
    if parsed.numerator < 0:
        raise InvalidValue(f"{what} must not be negative, got {value!r}")
    return parsed


def whole_bytes(value: str | int, what: str) -> Quantity:
    """A quantity of bytes: a part of a byte almost always means that the suffix is not the one meant."""
    parsed = quantity(value, what)
    if not parsed.is_multiple_of(1):
        if parsed.text.endswith("m"):
            hint = f"'m' is a thousandth, and almost always meant Mi; write {parsed.text[:-1]}Mi"
        else:
            mebibytes, rest = divmod(parsed.numerator, parsed.denominator * 2**20)
            hint = f"write {mebibytes + bool(rest)}Mi" if mebibytes else "write it in Ki or Mi"
        raise InvalidValue(f"{what} must be whole bytes, got {value!r}; {hint}")
    return parsed


def page_size(name: str, what: str, prefix: str = "hugepages-") -> Quantity:
    """The size of a page, as it stands in ``hugepages-2Mi``."""
    size = name[len(prefix) :]
    parsed: Quantity | None = None
    if name.startswith(prefix) and _parsed(size):
        parsed = Quantity(size)
    if parsed is None or parsed.numerator <= 0 or not parsed.is_multiple_of(1):
        near = next((text for text in _near(size) if text.endswith("i") and text[:1] != "0"), "2Mi")
        raise InvalidValue(f"{what} must be {prefix!r} and the size of a page, got {name!r}; write '{prefix}{near}'")
    return parsed


def milli_cpus(value: str | int, what: str) -> Quantity:
    """A quantity of CPUs: Kubernetes knows no part finer than 1m, a thousandth of one, and rounds up in silence."""
    parsed = quantity(value, what)
    if not parsed.is_multiple_of(1, 1000):
        thousandths = parsed.numerator * 1000 // parsed.denominator
        raise InvalidValue(f"{what} must be whole thousandths of a CPU, got {value!r}; write {thousandths + 1}m")
    return parsed

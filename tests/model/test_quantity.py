"""Quantities."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import Quantity
from patterns.model.quantity import milli_cpus, quantity, whole_bytes

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: Quantity("64MB"),
        InvalidValue,
        ("a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '64MB'; write 64M or 64Mi"),
    ),
    (
        lambda: Quantity("1 Gi"),
        InvalidValue,
        ("a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '1 Gi'; write 1Gi"),
    ),
    (
        lambda: Quantity("1K"),
        InvalidValue,
        ("a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '1K'; write 1k or 1Ki"),
    ),
    (
        lambda: Quantity("512mi"),
        InvalidValue,
        ("a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '512mi'; write 512Mi"),
    ),
    (
        lambda: Quantity("10GiB"),
        InvalidValue,
        ("a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '10GiB'; write 10Gi"),
    ),
    (
        lambda: Quantity("0,5"),
        InvalidValue,
        ("a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '0,5'; write 0.5"),
    ),
    (
        lambda: Quantity("abc"),
        InvalidValue,
        "a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got 'abc'",
    ),
    (
        lambda: Quantity(""),
        InvalidValue,
        "a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got ''",
    ),
    (
        lambda: Quantity("1e"),
        InvalidValue,
        ("a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '1e'; write 1E or 1Ei"),
    ),
    (
        lambda: Quantity("--1"),
        InvalidValue,
        "a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '--1'",
    ),
    (
        lambda: Quantity("1e1000"),
        InvalidValue,
        "a quantity must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '1e1000'",
    ),
    (lambda: Quantity(1.5), WrongType, 'a quantity must be a str or an int, got float 1.5; write "1.5"'),
    (lambda: Quantity(True), WrongType, "a quantity must be a str or an int, got bool True"),
    (lambda: quantity("-1", "size"), InvalidValue, "size must not be negative, got '-1'"),
    (
        lambda: whole_bytes("100m", "size"),
        InvalidValue,
        ("size must be whole bytes, got '100m'; 'm' is a thousandth, and almost always meant Mi; write 100Mi"),
    ),
    (
        lambda: whole_bytes("0.5Ki1", "size"),
        InvalidValue,
        "size must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '0.5Ki1'",
    ),
    (
        lambda: whole_bytes("0.0001Ki", "size"),
        InvalidValue,
        "size must be whole bytes, got '0.0001Ki'; write it in Ki or Mi",
    ),
    (lambda: milli_cpus("0.5m", "cpu"), InvalidValue, "cpu must be whole thousandths of a CPU, got '0.5m'; write 1m"),
    (
        lambda: milli_cpus("0.0015", "cpu"),
        InvalidValue,
        "cpu must be whole thousandths of a CPU, got '0.0015'; write 2m",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        (5, Fraction(5)),
        ("100m", Fraction(1, 10)),
        ("1.5Gi", Fraction(3 * 2**29)),
        ("1e3", Fraction(1000)),
        ("1E3", Fraction(1000)),
        ("1E", Fraction(10**18)),
        ("12E-2", Fraction(12, 100)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("+1k", Fraction(1000)),
        ("-1Ki", Fraction(-1024)),
        ("3n", Fraction(3, 10**9)),
        ("2u", Fraction(2, 10**6)),
        ("1Ei", Fraction(2**60)),
    ],
)
def test_reads_every_form_exactly(text: str | int, value: Fraction) -> None:
    quantity = Quantity(text)
    assert Fraction(quantity.numerator, quantity.denominator) == value


def test_compares_by_value() -> None:
    assert Quantity("1Gi") == Quantity("1024Mi") != Quantity("1G")
    assert hash(Quantity("0.1")) == hash(Quantity("100m"))
    assert Quantity("1G") < Quantity("1Gi") <= Quantity("1.0Gi")
    assert str(Quantity("1Gi")) == "1Gi"
    assert Quantity("1") != 1


def test_whole_parts() -> None:
    assert milli_cpus("1.5", "cpu") == Quantity("1500m")
    assert whole_bytes("0.5Ki", "memory") == Quantity(512)

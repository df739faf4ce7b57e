"""Bare scalars mean to us what they mean to kubectl; its decoder confirms the table in the conformance tier."""

from __future__ import annotations

import json
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from patterns.yaml.scalars import TAG, key_string, scalar

TABLE: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "kubectl-scalars.json").read_text())


@pytest.mark.parametrize(("text", "value"), TABLE["values"].items())
def test_a_bare_scalar_has_the_value_that_kubectl_reads(text: str, value: Any) -> None:
    found = scalar(text, None)

    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(("text", "key"), TABLE["keys"].items())
def test_a_bare_key_becomes_the_string_that_kubectl_makes_of_it(text: str, key: str) -> None:
    assert key_string(scalar(text, None)) == key


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("str", "12", "12"),
        ("float", "1", 1.0),
        ("int", "0o7", 7),
        ("bool", "yes", True),
        ("null", "", None),
        ("timestamp", "2001-01-01", "2001-01-01"),
        ("binary", "aGk=", "hi"),
        ("binary", "//8=", "\ufffd\ufffd"),
        ("set", "12", "12"),
    ],
)
def test_a_tag_decides_the_type(tag: str, text: str, value: Any) -> None:
    assert scalar(text, TAG + tag) == value


@pytest.mark.parametrize(
    ("tag", "text", "message"),
    [
        ("int", "1.5", "'1.5' is no !!int"),
        ("bool", "foo", "'foo' is no !!bool"),
        ("null", "foo", "'foo' is no !!null"),
        ("float", "x", "'x' is no !!float"),
        ("timestamp", "2001-13-01", "'2001-13-01' is no !!timestamp"),
        ("binary", "a b", "a !!binary value must be base64"),
    ],
)
def test_text_that_does_not_fit_its_tag_is_refused(tag: str, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scalar(text, TAG + tag)


@pytest.mark.parametrize("value", [None, 2**63])
def test_null_and_integers_of_64_bits_cannot_be_keys(value: Any) -> None:
    with pytest.raises(ValueError, match="cannot be a key; put it in quotes"):
        key_string(value)


def test_infinities_are_words_as_keys() -> None:
    assert [key_string(value) for value in (inf, -inf, nan, 3.4028236e38)] == [".inf", "-.inf", ".nan", ".inf"]

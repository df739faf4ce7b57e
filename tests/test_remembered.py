"""What is looked up by its content."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.remembered import Remembered, content_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Protocol(StrEnum):
    TCP = "TCP"


@settings(max_examples=40)
@given(JSON, JSON)
def test_two_contents_are_one_only_where_text_and_types_are(one: object, other: object) -> None:
    # repr tells 1, 1.0 and True apart, and the order of keys
    assert (content_of(one) == content_of(other)) == (repr(one) == repr(other))


@given(st.text(min_size=1))
def test_how_a_string_was_made_does_not_matter(text: str) -> None:
    again = text[:1] + text[1:]
    assert content_of({"a": text, "b": text}) == content_of({"a": again, "b": str(text)})


@pytest.mark.parametrize("value", [date(2026, 1, 1), Protocol.TCP, object(), [object()]])
def test_what_is_no_json_has_no_content(value: object) -> None:
    assert content_of(value) is None


def test_all_is_forgotten_when_it_is_too_much() -> None:
    remembered: Remembered[int] = Remembered()
    for number in range(5000):
        assert remembered.keep(number, -number) == -number
        assert remembered.get(number) == -number
    assert remembered.get(0) is None
    assert sum(remembered.get(number) is not None for number in range(5000)) <= 1000

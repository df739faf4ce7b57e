"""Which of three styles a string gets: bare, in double quotes, as a literal block.

That readers take each of them back is tested in `test_writer.py`.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.yaml import write_yaml


@pytest.mark.parametrize(
    "text",
    [
        *(
            "web",
            "nginx:1.27",
            "/var/log",
            "100m",
            "256Mi",
            "1.2.3",
            "10.0.0.0/24",
            "-c",
            "--flag=x",
            "$(HOST)",
            "a b  c",
        ),
        *(
            "app.kubernetes.io/name",
            "a#b",
            "it's",
            'say "hi" now',
            "a{{ b }}",
            "C:\\dir",
            "é",
            "日本",
            "\U0001f600",
            "<h1>",
            "none",
        ),
    ],
)
def test_what_every_reader_takes_for_the_same_string_stays_bare(text: str) -> None:
    assert write_yaml([{"a": text, text: 1}]) == f"a: {text}\n{text}: 1\n"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " a",
            "a ",
            "yes",
            "No",
            "y",
            "null",
            "~",
            "0644",
            "0o644",
            "1e3",
            "79e2_",
            "1:20",
            "2024-01-01",
            ".inf",
            "=",
            "<<",
        ),
        *(
            "a: b",
            "a:",
            "a #b",
            "#a",
            "- a",
            "-",
            "---",
            "?",
            "!a",
            "&a",
            "*a",
            "%a",
            "@a",
            "`a`",
            "[a]",
            "{{ a }}",
            "|",
            ">",
            "'",
        ),
    ],
)
def test_what_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert write_yaml([{"a": text, text: 1}]) == f'a: "{text}"\n"{text}": 1\n'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\nb", "|-\n  a\n  b\n"),
        ("a\n\n", "|+\n  a\n\n"),
        ("  a\nb\n", "|2\n    a\n  b\n"),
        ("\ta\nb", "|2-\n  \ta\n  b\n"),
        ("\na\n", "|\n\n  a\n"),
        ("a\n  ", '"a\\n  "\n'),
        ("a\rb\n", '"a\\rb\\n"\n'),
        ("a\u2028\n", '"a\\u2028\\n"\n'),
        ("\n", '"\\n"\n'),
        ("a\tb", '"a\\tb"\n'),
        ("\U000e0001", '"\\U000e0001"\n'),
    ],
)
def test_several_lines_are_a_literal_block_where_every_reader_keeps_them(text: str, written: str) -> None:
    assert write_yaml([{"a": text}]) == f"a: {written}"


@settings(derandomize=True, deadline=None, max_examples=200)
@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_text_that_is_written_is_only_what_every_reader_may_be_given(text: str) -> None:
    written = write_yaml([{"a": text, "b": [text], text: text}])

    assert not set(written) & set("\r\x00\x1b\x7f\x85\xa0\u200b\u202e\u2028\u2029\ufeff")
    assert "\n" in text or "\t" not in written

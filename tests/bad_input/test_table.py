"""Each row of the table is refused at the user's line, in words that suffice."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from bad_input.rules import ELSEWHERE, RULES
from bad_input.table import HERE, USER, Row, refusal, rows, said

from patterns.pod.checks import rules as rules_at_synthesis

ROOT = Path(__file__).parents[2]
ROWS = rows()
#: of our own code: a traceback shows the user's line, and not much after it
MOST_FRAMES = 3


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.place}")
def test_is_refused_at_the_users_line(row: Row) -> None:
    error = refusal(row)
    assert said(error) == row.expected
    assert error is not None
    frames = traceback.extract_tb(error.__traceback__)
    users = [at for at, frame in enumerate(frames) if frame.filename == USER]
    assert frames[users[-1]].lineno in row.last_statement()
    assert len(frames) - 1 - users[-1] <= MOST_FRAMES
    assert not [frame for frame in frames[users[-1] + 1 :] if "site-packages" in frame.filename]
    shown = traceback.format_exception(error)
    # one traceback, of which the last line says all
    assert len([line for line in shown if line.startswith("Traceback")]) == 1
    assert shown[-1] == f"patterns.errors.{row.expected}\n"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{row.place}")
def test_the_last_line_says_who_speaks_in_one_sentence(row: Row) -> None:
    _, who, problem = row.expected.split(": ", 2)
    assert re.fullmatch(r"\w+( '.*')?", who)
    assert problem and not problem.endswith(".")


def test_without_assertions_the_errors_are_the_same() -> None:
    command = [sys.executable, "-O", "-W", "ignore", "-m", "bad_input.table"]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("optimized: True", "")


def test_no_check_of_a_value_is_an_assertion() -> None:
    asserting = [
        f"{path.name}:{node.lineno}"
        for path in sorted((ROOT / "patterns/model").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Name) and node.id == "__debug__")
    ]
    assert asserting == []


def test_every_rule_has_a_row_here_or_a_reason() -> None:
    covered = {row.rule for row in ROWS}
    assert covered - RULES == set()
    assert covered & set(ELSEWHERE) == set()
    assert RULES - covered == set(ELSEWHERE)


@pytest.mark.parametrize("rule", ELSEWHERE)
def test_what_is_not_here_is_looked_at_elsewhere(rule: str) -> None:
    _, checks, tests = ELSEWHERE[rule]
    assert checks or tests
    assert set(checks) <= {check.id for check in rules_at_synthesis()}
    assert [name for name in tests if not (ROOT / name).is_file()] == []


def test_no_row_stands_twice() -> None:
    codes = [row.code for row in ROWS]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []

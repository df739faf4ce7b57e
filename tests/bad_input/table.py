"""The table of bad input: what a user would write, and the error that it ends in.

A row of the ``*.txt`` files beside this one::

    # N1
    Container(name="My_App", image="app:1")
    > InvalidValue: Container 'My_App': name must be a DNS-1123 label (...), got 'My_App'; write 'my-app'

First the row of the rules (`rows.py`), then the code, of which the last statement is refused, then the last line of the
traceback, which may go on over several lines. The code knows the public names, ``chart`` and the container ``app``.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import patterns
from patterns import App, Chart, Container, PatternError

HERE = Path(__file__).parent
#: the file name of a user's code
USER = "<user>"


class Row(NamedTuple):
    """A row of the table."""

    place: str
    rule: str
    code: str
    expected: str

    def last_statement(self) -> range:
        """The lines of the statement that is refused."""
        statement = ast.parse(self.code).body[-1]
        return range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def rows() -> list[Row]:
    """All rows of all files."""
    return [row for file in sorted(HERE.glob("*.txt")) for row in _rows_of(file)]


def _rows_of(file: Path) -> Iterator[Row]:
    rule, at, code, expected = "", 0, list[str](), list[str]()
    for number, line in enumerate([*file.read_text("utf-8").splitlines(), "# "], 1):
        if line.startswith("# "):
            if code:
                yield Row(f"{file.stem}:{at}", rule, "\n".join(code) + "\n", " ".join(expected))
            rule, at, code, expected = line[2:], number, [], []
        elif line.startswith("> "):
            expected.append(line[2:])
        elif line:
            code.append(line)


def refusal(row: Row) -> PatternError | None:
    """The error that the code of a row raises; another error than ours is not caught."""
    known: dict[str, object] = {name: getattr(patterns, name) for name in patterns.__all__}
    known["app"] = Container(name="app", image="app:1")
    if "chart" in row.code:
        known["chart"] = Chart(App(), "shop")
    # so that a traceback shows the line
    linecache.cache[USER] = (len(row.code), None, row.code.splitlines(keepends=True), USER)
    try:
        exec(compile(row.code, USER, "exec"), known)
    except PatternError as error:
        return error
    return None


def said(error: PatternError | None) -> str:
    """The error as the last line of a traceback has it, without the module."""
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    # a run of its own for `python -O`, which takes assertions out
    wrong = [f"{row.place}: {said(refusal(row))}" for row in rows() if said(refusal(row)) != row.expected]
    sys.stdout.write("\n".join([f"optimized: {not __debug__}", *wrong]))

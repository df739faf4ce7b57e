"""Runs the command in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from check.checking import Check, Result

from patterns.check.command import main


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def run(*arguments: str | Path, format: str = "json") -> Result:
        words: Sequence[str] = [*map(str, arguments), "--format", format]
        try:
            status = main(["check", *words])
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return run

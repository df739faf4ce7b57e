"""The script of ``MigrationInPlace`` with any command, in both shells."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from patterns.init_containers.migration_in_place import SCRIPT
from patterns.init_containers.wait_for import SCRIPT as WAIT


def words(
    programs: Path, seconds: int, command: Sequence[str], *, ready: Sequence[str] = ("true",), what: str = "it"
) -> list[str]:
    script = [str(programs / "sh"), "-c", SCRIPT, "migrate", str(seconds), "5", what, WAIT]
    return [*script, str(len(command)), *command, *ready]


def run(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(arguments[0])}
    listed = words(*arguments, **options)
    return subprocess.run(listed, env=env, capture_output=True, text=True, timeout=60, check=False)


READY = ("sh", "-c", "exit 0")


def test_it_runs_the_command_once_when_the_server_is_there_and_says_how_long_it_has(
    programs: Path, tmp_path: Path
) -> None:
    ask = f'if [ -e {tmp_path}/second ]; then exit 0; fi; : >{tmp_path}/second; echo "not yet" >&2; exit 1'
    ran = run(programs, 30, ["sh", "-c", 'echo "$# $MIGRATE_SECONDS"', "x", "a b", "c"], ready=("sh", "-c", ask))
    assert ran.returncode == 0
    assert "not yet" in ran.stderr
    count, left = ran.stdout.splitlines()[-1].split()
    assert (count, 25 <= int(left) <= 30) == ("2", True)


def test_what_the_command_says_last_is_the_last_line(programs: Path) -> None:
    ran = run(programs, 30, ["sh", "-c", "echo applying; echo 'ERROR: no' >&2; exit 3"], ready=READY)
    assert (ran.returncode, ran.stderr) == (3, "ERROR: no\n")


def test_a_server_that_does_not_come_ends_it_without_the_command(programs: Path) -> None:
    ran = run(programs, 1, ["sh", "-c", "echo ran"], ready=("sh", "-c", "echo refused; exit 1"))
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].endswith("the last one said: refused")
    assert "ran" not in ran.stdout


@pytest.mark.slow
def test_a_command_that_does_not_end_is_ended(programs: Path) -> None:
    start = time.monotonic()
    ran = run(programs, 1, ["sleep", "60"], ready=READY)
    assert time.monotonic() - start < 12
    assert ran.returncode in (124, 143)
    assert ran.stderr.splitlines()[-1] == "migrate: it was not done after 1 s"


@pytest.mark.parametrize("text", ["a'b", 'a"b', "$HOME", "$(id)", "`id`", "%s", "two\nlines", "-n", "*", "", "\\"])
def test_no_text_is_read_by_the_shell(programs: Path, text: str) -> None:
    ran = run(programs, 9, ["sh", "-c", 'printf "<%s>" "$1" >&2; exit 3', "x", text], ready=READY, what=text)
    assert ran.stderr == f"<{text}>"
    assert ran.stdout.startswith(f"migrate: {text} is ready")


@pytest.mark.parametrize(("ready", "command"), [(("sh", "-c", "exit 1"), ["x"]), (READY, ["sleep", "60"])])
def test_a_stop_signal_ends_it(programs: Path, tmp_path: Path, ready: Sequence[str], command: Sequence[str]) -> None:
    with (tmp_path / "said").open("wb") as said:
        listed = words(programs, 60, command, ready=ready)
        with subprocess.Popen(listed, env={"PATH": str(programs)}, stdout=said, stderr=said) as process:
            while not (tmp_path / "said").read_text():
                time.sleep(0.05)
            time.sleep(0.3)
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(20) == 143

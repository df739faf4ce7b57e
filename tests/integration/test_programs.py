"""The programs that the tier stands on are there, and are ended with the test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from integration.programs import GO_PACKAGES, free_port, listens, program, running


@pytest.mark.parametrize(
    "command",
    [
        ["envoy", "--version"],
        ["curl", "--version"],
        ["logrotate", "--version"],
        ["nginx", "-v"],
        ["postgres", "--version"],
        ["redis-server", "--version"],
        ["mariadbd", "--version"],
        *([name, "--help"] for name in sorted(GO_PACKAGES)),
    ],
    ids=lambda command: command[0],
)
def test_it_runs(command: list[str]) -> None:
    ran = subprocess.run([program(command[0]), *command[1:]], capture_output=True, timeout=60, check=False)
    assert ran.stdout + ran.stderr


def test_a_program_is_gone_when_its_test_ends(tmp_path: Path) -> None:
    port = free_port()
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with running(command, directory=tmp_path, ready=lambda: listens(port)) as process:
        assert process.poll() is None
    assert process.poll() == 0
    assert not listens(port)

"""A backup again and again, once more at the stop, and how old the last one is: the scripts themselves."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
import shells

from patterns import BackupPlace
from patterns.sidecars.backup_loop import backing_up, fresh

TOOLS = ("sh", "od", "sleep", "mv", "date", "cat", "touch", "kill")


class Loop:
    """The loop with a command that keeps a line for each backup."""

    def __init__(self, directory: Path, kind: str, once: str, *, period: int = 3600) -> None:
        self.directory = directory
        self.tools = shells.link_tools(kind, _made(directory / "bin"), TOOLS)
        self.state, self.log = _made(directory / "st a'te"), directory / "log"
        self.log.touch()
        self.place = BackupPlace(
            name="a b's $(id)",
            data="/data",
            config="/config",
            secrets="/secrets",
            state=str(self.state),
            port=1,
            seconds=1,
        )
        command = backing_up(self.place, ["sh", "-c", once, "once", str(self.log)], period_seconds=period)
        self.output = (directory / "output").open("wb")
        self.process = self.start(command)

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        words = [str(self.tools / command[0]), *command[1:]]
        return subprocess.Popen(words, env={"PATH": str(self.tools)}, stdout=self.output, stderr=self.output)

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    def wait_for(self, count: int, seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while len(self.lines()) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.lines()) >= count, self.said()

    def said(self) -> str:
        return (self.directory / "output").read_text()

    def is_fresh(self, seconds: int) -> bool:
        words = fresh(self.place, seconds)
        ran = subprocess.run(
            [str(self.tools / words[0]), *words[1:]], env={"PATH": str(self.tools)}, capture_output=True, check=False
        )
        return ran.returncode == 0

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


@pytest.fixture(params=shells.KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


WRITES = 'echo "$$" >>"$1"'


def test_it_backs_up_at_its_start_and_once_more_at_its_stop(tmp_path: Path, kind: str) -> None:
    loop = Loop(tmp_path, kind, WRITES)
    loop.wait_for(1)
    assert loop.stop() == 0
    assert len(loop.lines()) == 2
    assert "a b's $(id): backs up once more, and ends" in loop.said()


@pytest.mark.slow
def test_a_stop_in_the_middle_of_a_backup_lets_it_end_and_then_backs_up_once_more(tmp_path: Path, kind: str) -> None:
    loop = Loop(tmp_path, kind, 'echo begun >>"$1"; sleep 1; echo ended >>"$1"')
    loop.wait_for(1)
    assert loop.stop() == 0
    assert loop.lines() == ["begun", "ended", "begun", "ended"]


def test_a_last_backup_that_fails_is_the_container_s_exit_code(tmp_path: Path, kind: str) -> None:
    loop = Loop(tmp_path, kind, 'echo x >>"$1"; exit 7')
    loop.wait_for(1)
    assert loop.stop() == 7
    assert "failed with 7, 1 times in a row; tries again in about 30 s" in loop.said()


@pytest.mark.slow
def test_it_goes_on_after_its_period(tmp_path: Path, kind: str) -> None:
    loop = Loop(tmp_path, kind, WRITES, period=1)
    loop.wait_for(3)
    loop.stop()


@pytest.mark.slow
def test_a_failure_is_tried_again_before_the_period_is_over_and_not_more_often(tmp_path: Path, kind: str) -> None:
    loop = Loop(tmp_path, kind, 'echo x >>"$1"; exit 1', period=1)
    loop.wait_for(3)
    loop.stop()
    assert "3 times in a row; tries again in about 1 s" in loop.said()


@pytest.mark.slow
def test_its_age_counts_from_the_last_success(tmp_path: Path, kind: str) -> None:
    loop = Loop(tmp_path, kind, 'echo x >>"$1"; [ ! -e "$1.broken" ]', period=1)
    loop.wait_for(1)
    assert loop.is_fresh(3)
    (tmp_path / "log.broken").touch()
    time.sleep(3)
    assert not loop.is_fresh(1)
    (tmp_path / "log.broken").unlink()
    loop.wait_for(len(loop.lines()) + 2)
    assert loop.is_fresh(1)
    loop.stop()


def test_without_a_loop_there_is_no_success(tmp_path: Path, kind: str) -> None:
    loop = Loop(tmp_path, kind, WRITES)
    loop.wait_for(1)
    loop.stop()
    for path in loop.state.iterdir():
        path.unlink()
    assert not loop.is_fresh(1)

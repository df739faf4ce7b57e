"""The real scripts in a real shell: busybox where the machine has one, and the machine's ``sh`` with its tools."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from patterns.sidecars.scripts import TAIL_GRACE_SECONDS, drain, tail

AS_PROCESS_1 = [shutil.which("unshare") or "unshare", "--pid", "--fork", "--kill-child"]


class Running:
    """A script with its output, as the container runtime starts it."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self.output = output

    def lines(self, wanted: int) -> list[str]:
        """What was printed, as soon as there are so many lines."""
        _wait_for(lambda: len(self.output.read_text().splitlines()) >= wanted)
        return self.output.read_text().splitlines()

    def child(self) -> int:
        """The first process below this one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        assert _wait_for(lambda: bool(children.read_text().split()))
        return int(children.read_text().split()[0])

    def ended(self) -> tuple[int, float]:
        """The exit code, and after how many seconds."""
        start = time.monotonic()
        code = self.process.wait(timeout=20)
        return code, time.monotonic() - start


@contextmanager
def running(programs: Path, command: Sequence[str], output: Path, *, below: Sequence[str] = ()) -> Iterator[Running]:
    with output.open("wb") as out:
        process = subprocess.Popen(
            [*below, str(programs / command[0]), *command[1:]],
            env={"PATH": str(programs)},
            stdout=out,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield Running(process, output)
        finally:
            # what a test's failure, or a killed shell, left running
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def _needs_process_namespaces() -> None:
    if (
        shutil.which("unshare") is None
        or subprocess.run([*AS_PROCESS_1, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("a process namespace may not be made here")


# --- tail ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_file_that_comes_later_is_printed_and_its_name_followed(programs: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with running(programs, tail("log", [str(log)]), tmp_path / "out") as reader:
        time.sleep(0.3)
        log.write_text("first\n")
        assert reader.lines(1) == ["first"]
        log.rename(tmp_path / "access.log.1")
        log.write_text("after rotation\n")
        assert reader.lines(2) == ["first", "after rotation"]
        assert reader.process.poll() is None


def test_several_files_come_out_without_headings(programs: Path, tmp_path: Path) -> None:
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    for log in logs:
        log.write_text(f'{{"from": "{log.name}"}}\n')
    with running(programs, tail("log", [str(log) for log in logs]), tmp_path / "out") as reader:
        assert sorted(reader.lines(2)) == ['{"from": "a.log"}', '{"from": "b.log"}']


@pytest.mark.slow
def test_what_is_written_just_before_the_signal_comes_out(programs: Path, tmp_path: Path) -> None:
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    for log in logs:
        log.write_text("first\n")
    with running(programs, tail("log", [str(log) for log in logs]), tmp_path / "out") as reader:
        reader.lines(2)
        for log in logs:
            with log.open("a") as writer:
                writer.write("".join(f"{log.name} {number}\n" for number in range(10_000)))
        time.sleep(0.1)
        reader.process.terminate()
        code, seconds = reader.ended()
        assert (code, seconds < TAIL_GRACE_SECONDS) == (0, True), seconds
        assert len(reader.lines(20_002)) == 20_002


@pytest.mark.slow
def test_it_takes_its_signal_as_process_1(programs: Path, tmp_path: Path) -> None:
    """A bare `tail` does not: https://man7.org/linux/man-pages/man7/pid_namespaces.7.html."""
    _needs_process_namespaces()
    log = tmp_path / "access.log"
    log.write_text("first\n")
    with running(programs, tail("log", [str(log)]), tmp_path / "out", below=AS_PROCESS_1) as reader:
        reader.lines(1)
        os.kill(reader.child(), signal.SIGTERM)
        code, seconds = reader.ended()
        assert (code, seconds < TAIL_GRACE_SECONDS) == (0, True), seconds
    bare = ["tail", "-n", "+1", "-F", str(log)]
    with running(programs, bare, tmp_path / "bare", below=AS_PROCESS_1) as reader:
        reader.lines(1)
        os.kill(reader.child(), signal.SIGTERM)
        time.sleep(1)
        assert reader.process.poll() is None


def test_a_tail_that_dies_is_an_error(programs: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("first\n")
    with running(programs, tail("log", [str(log)]), tmp_path / "out") as reader:
        reader.lines(1)
        os.kill(reader.child(), signal.SIGKILL)
        assert reader.ended()[0] == 128 + signal.SIGKILL


def test_a_tail_that_ends_by_itself_is_an_error_whatever_it_says(programs: Path, tmp_path: Path) -> None:
    (programs / "tail").unlink()
    (programs / "tail").write_text(f"#!{programs}/sh\nexit 0\n")
    (programs / "tail").chmod(0o755)
    with running(programs, tail("log", [str(tmp_path / "access.log")]), tmp_path / "out") as reader:
        assert reader.ended()[0] == 1


@pytest.mark.parametrize(
    "name", ["a b.log", "it's.log", 'a"b.log', "$HOME.log", "$(touch pwned).log", "`id`.log", "*.log", "-n", "a;b&c|d"]
)
def test_a_file_name_is_never_read_by_the_shell(programs: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "other.log").write_text("other\n")
    (tmp_path / name).write_text("mine\n")
    # what the kubelet makes of the argument
    command = [argument.replace("$$(", "$(") for argument in tail("log", [str(tmp_path / name)])]
    with running(programs, command, tmp_path / "out") as reader:
        assert reader.lines(1) == ["mine"]
    assert not list(tmp_path.rglob("pwned"))


def test_a_file_name_is_not_expanded_by_kubernetes() -> None:
    *_, name, path = tail("log", ["/logs/$(HOME).log"])
    assert (name, path) == ("log", "/logs/$$(HOME).log")


@pytest.mark.parametrize("command", [tail("log", ["/a"]), drain("log-drain", 5)], ids=["tail", "drain"])
def test_kubernetes_and_comments_leave_nothing_in_the_script_to_be_read_otherwise(command: list[str]) -> None:
    script = command[2]
    assert "$(" not in script
    assert "$$" not in script
    assert not any(line.lstrip().startswith("#") for line in script.splitlines())


# --- drain --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_ends_so_many_seconds_after_its_signal(programs: Path, tmp_path: Path) -> None:
    with running(programs, drain("log-drain", 2), tmp_path / "out") as waiting:
        time.sleep(0.5)
        assert waiting.process.poll() is None
        waiting.process.terminate()
        code, seconds = waiting.ended()
        assert (code, 2 <= seconds + 0.05 < 3.5) == (0, True), seconds


def test_it_holds_as_process_1_too(programs: Path, tmp_path: Path) -> None:
    _needs_process_namespaces()
    with running(programs, drain("log-drain", 1), tmp_path / "out", below=AS_PROCESS_1) as waiting:
        child = waiting.child()
        time.sleep(0.5)
        os.kill(child, signal.SIGTERM)
        code, seconds = waiting.ended()
        assert (code, 1 <= seconds + 0.05 < 2.5) == (0, True), seconds

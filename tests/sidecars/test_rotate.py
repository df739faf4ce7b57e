"""The real script in a real shell: busybox where the machine has one, and the machine's ``sh`` with its tools."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from eventually import eventually
from shells import KINDS, link_tools
from sidecars.rotated_shop import command

from patterns.sidecars.log_reopening import CopyTruncate, ReopenByItself, Reopening, ReopenOnSignal
from patterns.sidecars.log_rotation import SCRIPT

TOOLS = ("sh", "find", "grep", "mv", "cp", "rm", "sleep")
#: an application that opens its log anew when it is told, or has no handler; its process has the name of its shell
HANDLER = """\
trap 'echo new >>"$1"' USR1
: >"$2"
while :; do sleep 0.02; done
"""
NO_HANDLER = """\
: >"$2"
while :; do sleep 0.02; done
"""


@pytest.fixture(params=KINDS)
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return link_tools(request.param, tmp_path_factory.mktemp("bin"), TOOLS)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


class Rotation:
    """The script while it runs, with what it says."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self._output = output

    def said(self) -> str:
        return self._output.read_text()

    def says(self, text: str) -> bool:
        return eventually(lambda: text in self.said())


@contextmanager
def rotating(
    programs: Path,
    logs: Path,
    files: Sequence[str],
    by: Reopening | None = None,
    **options: Any,
) -> Iterator[Rotation]:
    words = command(str(logs), files, by, **{"max_size": "10", "interval_seconds": 1, **options})
    output = logs.parent / "output"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [str(programs / words[0]), *words[1:]], env={"PATH": str(programs)}, stdout=out, stderr=out
        )
    try:
        yield Rotation(process, output)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def application(folder: Path, name: str, script: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    shell = folder / name
    shell.symlink_to(str(shutil.which("sh")))
    ready = folder / "ready"
    process = subprocess.Popen([str(shell), "-c", script, "app", str(log), str(ready)])
    try:
        assert eventually(ready.exists)
        yield process
    finally:
        process.kill()
        process.wait(20)


# --- names and counts ---------------------------------------------------------------------------------------------


def test_old_files_move_up_and_the_oldest_goes(programs: Path, logs: Path) -> None:
    for name, text in {"access.log": "new lines\n\n", "access.log.1": "1", "access.log.2": "2"}.items():
        (logs / name).write_text(text)
    with rotating(programs, logs, ["access.log"], keep=2) as rotation:
        assert rotation.says("log-rotation: rotated access.log\n")
    assert {path.name: path.read_text() for path in logs.iterdir()} == {
        "access.log.1": "new lines\n\n",
        "access.log.2": "1",
    }


@pytest.mark.slow
def test_a_plain_log_grows_for_ever_and_ours_stays_within_what_is_kept(programs: Path, logs: Path) -> None:
    """Until its volume is over its limit, and the pod is evicted."""
    line = "more than ten bytes\n"
    with rotating(programs, logs, ["access.log"], keep=1) as rotation:
        for number in range(1, 4):
            for name in ("plain.log", "access.log"):
                with (logs / name).open("a") as log:
                    log.write(line)
            assert eventually(lambda n=number: rotation.said().count("rotated access.log") == n)  # type: ignore[misc]
    assert (logs / "plain.log").read_text() == line * 3
    assert sum(path.stat().st_size for path in logs.glob("access.log*")) == len(line)


def test_a_small_file_stays_and_so_does_what_is_not_named(programs: Path, logs: Path) -> None:
    (logs / "access.log").write_text("ten bytes\n")
    (logs / "error.log").write_text("eleven more bytes\n")
    (logs / "last.log").write_text("eleven more bytes\n")
    with rotating(programs, logs, ["access.log", "not-there.log", "none/access.log", "last.log"]) as rotation:
        assert rotation.says("rotated last.log")
    assert sorted(path.name for path in logs.iterdir()) == ["access.log", "error.log", "last.log.1"]


@pytest.mark.parametrize("name", ["-rf", "a b.log", "$HOME.log", "$(id).log", "`id`.log", "%s\\n.log", "'\".log", "#x"])
def test_a_hostile_name_is_a_name(programs: Path, logs: Path, name: str) -> None:
    (logs / name).write_text("more than ten bytes\n")
    with rotating(programs, logs, [name]) as rotation:
        assert rotation.says(f"rotated {name}\n")
    assert [path.name for path in logs.iterdir()] == [f"{name}.1"]


def test_it_ends_at_once(programs: Path, logs: Path) -> None:
    (logs / "access.log").write_text("more than ten bytes\n")
    with rotating(programs, logs, ["access.log"], interval_seconds=3600) as rotation:
        assert rotation.says("rotated access.log")
        begin = time.monotonic()
        rotation.process.terminate()
        assert rotation.process.wait(20) == 0
        assert time.monotonic() - begin < 2


# --- what leads out of the directory ------------------------------------------------------------------------------


def test_a_link_in_place_of_a_log_is_left_alone(programs: Path, logs: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.log"
    outside.write_text("more than ten bytes\n")
    (logs / "access.log").symlink_to(outside)
    with rotating(programs, logs, ["access.log"], CopyTruncate()) as rotation:
        assert rotation.says("log-rotation: access.log is left alone: it is a link\n")
    assert outside.read_text() == "more than ten bytes\n"


def test_a_link_in_place_of_an_old_file_is_replaced(programs: Path, logs: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.log"
    outside.write_text("kept")
    (logs / "access.log").write_text("more than ten bytes\n")
    (logs / "access.log.1").symlink_to(outside)
    (logs / "access.log.2").symlink_to(tmp_path)
    with rotating(programs, logs, ["access.log"], CopyTruncate()) as rotation:
        assert rotation.says("rotated access.log")
    assert outside.read_text() == "kept"
    assert (logs / "access.log.1").read_text() == "more than ten bytes\n"
    assert not (logs / "access.log.1").is_symlink()


def test_a_directory_that_leads_out_is_left_alone(programs: Path, logs: Path, tmp_path: Path) -> None:
    # the beginning of its name is the same
    outside = tmp_path / "logs-of-others"
    outside.mkdir()
    (outside / "access.log").write_text("more than ten bytes\n")
    (logs / "http").symlink_to(outside)
    with rotating(programs, logs, ["http/access.log"]) as rotation:
        assert rotation.says("http/access.log is left alone: its directory leads out of")
    assert [path.name for path in outside.iterdir()] == ["access.log"]


def test_a_directory_in_place_of_an_old_file_takes_nothing_in(programs: Path, logs: Path) -> None:
    (logs / "access.log").write_text("more than ten bytes\n")
    (logs / "access.log.1").mkdir()
    with rotating(programs, logs, ["access.log"]) as rotation:
        assert rotation.says("access.log is not rotated: access.log.1 is a directory\n")
    assert (logs / "access.log").is_file()
    assert list((logs / "access.log.1").iterdir()) == []


# --- the application is told --------------------------------------------------------------------------------------


@pytest.fixture
def process_name() -> str:
    """Of this test run alone: the names of all processes of the machine are looked at."""
    return f"shop-{os.getpid()}"


def test_the_process_of_that_name_is_told(programs: Path, logs: Path, tmp_path: Path, process_name: str) -> None:
    log = logs / "access.log"
    log.write_text("more than ten bytes\n")
    with (
        application(tmp_path, process_name, HANDLER, log),
        rotating(programs, logs, ["access.log"], ReopenOnSignal(process=process_name)) as rotation,
    ):
        assert eventually(lambda: log.exists() and log.read_text() == "new\n"), rotation.said()
    assert (logs / "access.log.1").read_text() == "more than ten bytes\n"


def test_the_process_of_the_pid_file_is_told(programs: Path, logs: Path, tmp_path: Path, process_name: str) -> None:
    log = logs / "access.log"
    log.write_text("more than ten bytes\n")
    with application(tmp_path, process_name, HANDLER, log) as app:
        (logs / "app.pid").write_text(f"{app.pid}\n")
        with rotating(programs, logs, ["access.log"], ReopenOnSignal(pid_file="app.pid")) as rotation:
            assert eventually(lambda: log.exists() and log.read_text() == "new\n"), rotation.said()


@pytest.mark.parametrize("by", ["process", "pid_file"])
def test_a_process_without_a_handler_is_not_ended(
    programs: Path, logs: Path, tmp_path: Path, process_name: str, by: str
) -> None:
    log = logs / "access.log"
    log.write_text("more than ten bytes\n")
    with application(tmp_path, process_name, NO_HANDLER, log) as app:
        (logs / "app.pid").write_text(f"{app.pid}\n")
        told = ReopenOnSignal(process=process_name) if by == "process" else ReopenOnSignal(pid_file="app.pid")
        with rotating(programs, logs, ["access.log"], told) as rotation:
            assert rotation.says("access.log is not rotated: no process by ")
        assert app.poll() is None
    assert log.read_text() == "more than ten bytes\n"


def test_plainly_told_it_would_be_ended(tmp_path: Path, process_name: str) -> None:
    with application(tmp_path, process_name, NO_HANDLER, tmp_path / "access.log") as app:
        app.send_signal(signal.SIGUSR1)
        assert app.wait(20) == -signal.SIGUSR1


@pytest.mark.parametrize("text", ["", "0", "-1", "1 2", "self", "../1", "99999999"])
def test_a_pid_file_with_something_else_tells_nobody(programs: Path, logs: Path, text: str) -> None:
    (logs / "access.log").write_text("more than ten bytes\n")
    (logs / "app.pid").write_text(f"{text}\n")
    with rotating(programs, logs, ["access.log"], ReopenOnSignal(pid_file="app.pid")) as rotation:
        assert rotation.says("access.log is not rotated: no process by pid-file app.pid handles USR1\n")


def test_a_process_that_writes_on_is_told_again(programs: Path, logs: Path, tmp_path: Path, process_name: str) -> None:
    log = logs / "access.log"
    (logs / "access.log.1").write_text("more than ten bytes\n")
    with (
        application(tmp_path, process_name, HANDLER, log),
        rotating(programs, logs, ["access.log"], ReopenOnSignal(process=process_name)),
    ):
        assert eventually(log.exists)
    assert (logs / "access.log.1").read_text() == "more than ten bytes\n"


# --- copied and cut -----------------------------------------------------------------------------------------------


def test_a_copied_file_stays_the_same_file(programs: Path, logs: Path) -> None:
    log = logs / "access.log"
    log.write_text("more than ten bytes\n")
    log.chmod(0o640)
    before = log.stat().st_ino
    with rotating(programs, logs, ["access.log"], CopyTruncate()) as rotation:
        assert rotation.says("rotated access.log")
    assert (log.read_text(), log.stat().st_ino) == ("", before)
    old = logs / "access.log.1"
    assert (old.read_text(), old.stat().st_mode & 0o777) == ("more than ten bytes\n", 0o640)


def test_the_script_holds_nothing_that_kubernetes_or_yaml_would_read_otherwise() -> None:
    assert "$(" not in SCRIPT
    assert "$$" not in SCRIPT
    assert "\t" not in SCRIPT


def test_kubernetes_expands_no_name() -> None:
    assert command("/logs", ["$(HOME).log"], ReopenByItself())[-5:] == ["nobody", "", "", "", "$(HOME).log"]

"""The rendered command beside real writers, and beside Debian's logrotate in the same directory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from eventually import eventually
from integration import log_writer
from integration.http_servers import ask
from integration.programs import free_port, listens, program, running
from sidecars.rotated_shop import command

from patterns.sidecars.log_reopening import CopyTruncate, ReopenByItself, Reopening, ReopenOnSignal

#: so that none is deleted during a test
KEEP = 500


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@contextmanager
def rotating(logs: Path, by: Reopening, *, size: str, keep: int = KEEP) -> Iterator[Path]:
    """The sidecar's busybox; gives the file with what it says."""
    words = command(str(logs), ["access.log"], by, max_size=size, keep=keep, interval_seconds=1)
    tools = logs.parent / "bin"
    tools.mkdir()
    for tool in ("sh", "find", "grep", "mv", "cp", "rm", "sleep"):
        (tools / tool).symlink_to(program("busybox"))
    output = logs.parent / "rotation"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [str(tools / words[0]), *words[1:]], env={"PATH": str(tools)}, stdout=out, stderr=out
        )
    try:
        yield output
    finally:
        process.terminate()
        process.wait(20)


def lines(logs: Path) -> list[int]:
    """All lines, the oldest first."""
    files = sorted(logs.glob("access.log*"), key=lambda path: -int(f"0{path.suffix[1:]}".replace("0log", "0")))
    return [int(line) for file in files for line in file.read_text().splitlines()]


def written(logs: Path, by: Reopening, *, pause: float = 0.0) -> tuple[int, list[int]]:
    """How many lines a writer wrote in five seconds of rotation, and those that are there."""
    log, pid_file = logs / "access.log", logs / "app.pid"
    with rotating(logs, by, size="10k") as output:
        arguments = [str(log), str(pid_file), "5", str(pause)]
        ran = subprocess.run(
            [sys.executable, log_writer.__file__, *arguments], capture_output=True, text=True, timeout=60, check=True
        )
        said = output.read_text()
    assert said.count("rotated access.log") >= 2, said
    return int(ran.stdout), lines(logs)


def test_with_a_signal_no_line_is_lost(logs: Path) -> None:
    count, there = written(logs, ReopenOnSignal(pid_file="app.pid"))
    assert there == list(range(1, count + 1))


def test_copied_and_cut_no_line_is_there_twice_but_some_may_be_lost(logs: Path) -> None:
    count, there = written(logs, CopyTruncate())
    # how many are lost is a matter of microseconds; what is there is in order, and once
    assert there == sorted(set(there))
    assert there[-1] == count
    assert len(there) <= count


def test_nginx_opens_its_log_anew(logs: Path, tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; user root; worker_processes 2; pid {logs}/nginx.pid; error_log {tmp_path}/error.log;\n"
        "events {}\n"
        f"http {{ access_log {logs}/access.log; server {{ listen 127.0.0.1:{port}; return 200; }} }}\n"
    )
    nginx = [program("nginx"), "-e", str(tmp_path / "error.log"), "-c", str(config)]
    with running(nginx, directory=tmp_path, ready=lambda: listens(port)):
        with rotating(logs, ReopenOnSignal(pid_file="nginx.pid"), size="1k"):
            count = 0

            def asked_and_rotated() -> bool:
                nonlocal count
                for _ in range(20):
                    ask(port, f"/{count}")
                    count += 1
                return (logs / "access.log.2").exists()

            assert eventually(asked_and_rotated)
        paths = [line.split()[6] for file in sorted(logs.glob("access.log*")) for line in file.read_text().splitlines()]
    assert sorted(paths) == sorted(f"/{number}" for number in range(count))


def test_names_and_counts_are_those_of_logrotate(logs: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    theirs.chmod(0o755)
    (tmp_path / "logrotate.conf").write_text(
        f'"{theirs}/access.log" {{\n    size 10\n    rotate 3\n    nocompress\n    nocreate\n    missingok\n}}\n'
    )
    with rotating(logs, ReopenByItself(), size="10", keep=3):
        for number in range(1, 7):
            text = f"{number}: more than ten bytes\n"
            (logs / "access.log").write_text(text)
            assert eventually(lambda: not (logs / "access.log").exists())
            (theirs / "access.log").write_text(text)
            logrotate = [program("logrotate"), "--state", str(tmp_path / "state"), str(tmp_path / "logrotate.conf")]
            subprocess.run(logrotate, check=True)
            assert {path.name: path.read_text() for path in logs.iterdir()} == {
                path.name: path.read_text() for path in theirs.iterdir()
            }
    assert sorted(path.name for path in logs.iterdir()) == ["access.log.1", "access.log.2", "access.log.3"]

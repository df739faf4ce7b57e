"""The files that are followed, and the real `tail` on real files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from patterns.errors import InvalidValue
from patterns.sidecars.log_files import followed_paths, tail


def test_the_paths_lie_below_the_mount() -> None:
    assert followed_paths("/var/log/app/", ["access.log", "http/error.log"], patterns=False) == [
        "/var/log/app/access.log",
        "/var/log/app/http/error.log",
    ]


def test_fluent_bit_takes_patterns() -> None:
    assert followed_paths("/logs", ["*.log"], patterns=True) == ["/logs/*.log"]


@pytest.mark.parametrize(
    ("files", "patterns", "message"),
    [
        ([], False, 'files must name at least one file below the mount, such as files=["access.log"]'),
        (
            ["../secret"],
            False,
            "files[0] must be a path below /logs, such as 'access.log' or 'http/access.log', got '../secret'",
        ),
        (
            ["a.log", "/etc/passwd"],
            True,
            "files[1] must be a path below /logs, such as 'access.log' or 'http/access.log', got '/etc/passwd'",
        ),
        (
            ["*.log"],
            False,
            (
                "files[0] must be the name of one file, got '*.log': `tail` runs without a shell, which alone knows "
                "patterns; "
                'name every file, or send the lines with Fluent Bit: to=FluentBitOutput("stdout", {"format": '
                '"json_lines"})'
            ),
        ),
        (
            ["a.log,/etc/passwd"],
            True,
            "files[0] must hold no comma, with which Fluent Bit begins another path, got 'a.log,/etc/passwd'",
        ),
        (["a.log", "a.log"], True, "files[1] is there twice: 'a.log'"),
        (
            ["${HOME}"],
            True,
            (
                "files[0] must not hold '${', got '${HOME}': Fluent Bit puts an environment variable in there and "
                "has no "
                "escape for it; give what is secret or differs by cluster as SecretKey or ConfigMapKey"
            ),
        ),
    ],
)
def test_a_bad_file_name_is_refused(files: list[str], patterns: bool, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        followed_paths("/logs", files, patterns=patterns)
    assert str(caught.value) == message


@pytest.mark.parametrize("directory", ["/logs/*", "/a,b"])
def test_a_mount_whose_path_fluent_bit_would_read_otherwise_is_refused(directory: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        followed_paths(directory, ["a.log"], patterns=True)
    assert str(caught.value) == (
        f"logs must be mounted on a path without , * ? [ ], which Fluent Bit would read as a pattern, got {directory!r}"
    )


def test_a_file_name_is_not_expanded_by_kubernetes() -> None:
    assert tail(["/logs/$(HOME).log"]) == ["tail", "-n", "+1", "-F", "/logs/$$(HOME).log"]


# --- the real program ---------------------------------------------------------------------------------------------

needs_tail = pytest.mark.skipif(shutil.which("tail") is None, reason="this machine has no tail")


def _lines(output: Path, wanted: int) -> list[str]:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        lines = output.read_text().splitlines()
        if len(lines) >= wanted:
            return lines
        time.sleep(0.05)
    return output.read_text().splitlines()


@needs_tail
def test_tail_waits_for_the_file_and_follows_a_rotation(tmp_path: Path) -> None:
    log, output = tmp_path / "access.log", tmp_path / "out"
    with output.open("wb") as out, subprocess.Popen(tail([str(log)]), stdout=out, stderr=subprocess.DEVNULL) as process:
        try:
            time.sleep(0.3)
            log.write_text("first\n")
            assert _lines(output, 1) == ["first"]
            log.rename(tmp_path / "access.log.1")
            log.write_text("after rotation\n")
            assert _lines(output, 2) == ["first", "after rotation"]
            assert process.poll() is None
        finally:
            process.kill()


@needs_tail
def test_several_files_come_out_without_headings(tmp_path: Path) -> None:
    logs, output = [tmp_path / "a.log", tmp_path / "b.log"], tmp_path / "out"
    for log in logs:
        log.write_text(f'{{"from": "{log.name}"}}\n')
    command = tail([str(log) for log in logs])
    with output.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL) as process:
        try:
            assert sorted(_lines(output, 2)) == ['{"from": "a.log"}', '{"from": "b.log"}']
        finally:
            process.kill()


@needs_tail
def test_tail_as_process_1_ignores_sigterm_and_as_another_it_ends(tmp_path: Path) -> None:
    """What the page says of the stop: https://man7.org/linux/man-pages/man7/pid_namespaces.7.html."""
    if (
        shutil.which("unshare") is None
        or subprocess.run(["unshare", "--pid", "--fork", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("a process namespace may not be made here")
    log = tmp_path / "access.log"
    log.write_text("")
    alone = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", *tail([str(log)])], stdout=subprocess.DEVNULL
    )
    beside = subprocess.Popen(tail([str(log)]), stdout=subprocess.DEVNULL)
    try:
        children = Path(f"/proc/{alone.pid}/task/{alone.pid}/children")
        end = time.monotonic() + 10
        while not children.read_text().split() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.3)
        os.kill(int(children.read_text().split()[0]), signal.SIGTERM)
        beside.terminate()
        assert beside.wait(timeout=10) == -signal.SIGTERM
        time.sleep(0.7)
        assert alone.poll() is None
    finally:
        alone.kill()
        beside.kill()
        alone.wait()
        beside.wait()

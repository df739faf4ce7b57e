"""What the real script does when something is wrong, and when it is cut off; and what the plain form does."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from init_containers.seeding import NOBODY, SCRIPT, Shell, as_the_kubelet_writes, tree, wait_for

LARGE = 64 * 1024 * 1024

# --- it fails well ------------------------------------------------------------------------------------------------


def test_says_what_is_wrong_with_the_source(shell: Shell, tmp_path: Path, target: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling").mkdir()
    (tmp_path / "dangling" / "page").symlink_to("nowhere")
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "page")
    for name, problem in (
        ("missing", "is not there"),
        ("empty", "holds no file"),
        ("dangling", "page is no file, no directory, and no link to one"),
        ("pipe", "page is no file, no directory, and no link to one"),
    ):
        done = shell.run(tmp_path / name, target)
        assert done.returncode == 1
        joint = "/" if problem.startswith("page") else " "
        assert done.stderr == f"seed-pages: {tmp_path / name}{joint}{problem}\n"
    assert tree(target) == {}


def test_links_that_lead_in_a_circle_end_in_an_error(shell: Shell, tmp_path: Path, target: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "again").symlink_to(".")
    done = shell.run(tmp_path / "source", target)
    assert done.returncode == 1
    assert "again is no file, no directory, and no link to one" in done.stderr


def test_a_directory_that_it_may_not_read_is_no_empty_one(shell: Shell, tmp_path: Path, target: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can run the script as another user")
    source = as_the_kubelet_writes(tmp_path / "source", {"index.html": b"x", "private/key": b"x"})
    (source / "private").resolve().chmod(0o700)
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)
    done = shell.run(source, target, user=NOBODY)
    assert (done.returncode, done.stderr) == (1, f"seed-pages: {source}/private is not readable for this user\n")


def test_the_user_owns_what_was_seeded(shell: Shell, tmp_path: Path, target: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can run the script as another user")
    source = as_the_kubelet_writes(tmp_path / "source", {"a/index.html": b"x"})
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)
    assert shell.run(source, target, user=NOBODY).returncode == 0
    assert {path.stat().st_uid for path in target.rglob("*")} == {NOBODY}


def test_a_directory_is_never_replaced_by_a_file_nor_a_file_by_a_directory(
    shell: Shell, tmp_path: Path, target: Path
) -> None:
    (target / "page").mkdir()
    (target / "page" / "upload").write_bytes(b"not ours")
    done = shell.run(as_the_kubelet_writes(tmp_path / "file", {"page": b"x"}), target)
    assert (done.returncode, done.stderr) == (
        1,
        f"seed-pages: {target}/page is a directory, and a file is to be there\n",
    )
    (target / "dir").write_bytes(b"not ours")
    done = shell.run(as_the_kubelet_writes(tmp_path / "dir", {"dir/page": b"x"}), target)
    assert done.returncode == 1
    assert "mkdir" in done.stderr
    assert tree(target) == {"dir": b"not ours", "page/upload": b"not ours"}


def test_a_file_that_does_not_fit_leaves_nothing(shell: Shell, tmp_path: Path, target: Path) -> None:
    source = as_the_kubelet_writes(tmp_path / "source", {"large.bin": b"x" * 100_000})

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = shell.run(source, target, before=full)
    assert done.returncode != 0
    assert tree(target) == {}
    # the plain form
    plain = shell.run(source / "large.bin", target, before=full, script='cp "$1" "$2/large.bin"')
    assert plain.returncode != 0
    assert tree(target) != {}


# --- it is cut off ------------------------------------------------------------------------------------------------


def cut_off(shell: Shell, source: Path, target: Path, growing: Path, *, by: signal.Signals, script: str) -> bool:
    """Whether the signal met the copy in the middle."""
    process = subprocess.Popen(
        shell.command(source, target, script=script),
        env=shell.environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: (growing.exists() and growing.stat().st_size > 0) or process.poll() is not None)
    with suppress(ProcessLookupError):  # it was faster
        os.killpg(process.pid, by)
    process.wait(timeout=20)
    return process.returncode != 0


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_cut_off_leaves_the_old_file_whole(
    shell: Shell, tmp_path: Path, target: Path, by: signal.Signals
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "large.bin").write_bytes(b"x" * LARGE)
    final = target / "large.bin"
    part = target / ".seed-pages.web-0.unfinished" / "file"
    for _ in range(5):
        final.write_bytes(b"old")
        cut = cut_off(shell, source, target, part, by=by, script=SCRIPT)
        assert final.stat().st_size in (len(b"old"), LARGE)
        if cut and final.read_bytes() == b"old":
            break
    else:
        pytest.fail("the copy was always faster")
    assert part.exists() == (by == signal.SIGKILL)
    assert shell.run(source, target).returncode == 0
    assert {name: len(content) for name, content in tree(target).items()} == {"large.bin": LARGE}


def test_the_plain_form_leaves_half_a_file_when_it_is_cut_off(shell: Shell, tmp_path: Path, target: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "large.bin").write_bytes(b"x" * LARGE)
    final = target / "large.bin"
    plain = 'cp "$1/large.bin" "$2/large.bin"'
    for _ in range(5):
        final.unlink(missing_ok=True)
        cut_off(shell, source, target, final, by=signal.SIGKILL, script=plain)
        if 0 < final.stat().st_size < LARGE:
            return
    pytest.fail("the copy was always faster")


def test_the_plain_form_doubles_lines_when_it_runs_again(shell: Shell, tmp_path: Path, target: Path) -> None:
    source = as_the_kubelet_writes(tmp_path / "source", {"hosts": b"127.0.0.1 shop\n"})
    for _ in range(2):
        shell.run(source, target, script="echo '127.0.0.1 shop' >> \"$2/plain\"")
        shell.run(source, target)
    assert tree(target) == {"hosts": b"127.0.0.1 shop\n", "plain": b"127.0.0.1 shop\n" * 2}


def test_a_reader_never_sees_half_a_file(shell: Shell, tmp_path: Path, target: Path) -> None:
    """A sidecar that started earlier may read while the files are written."""
    sources = [tmp_path / "a", tmp_path / "b"]
    for folder, letter in zip(sources, (b"a", b"b"), strict=True):
        folder.mkdir()
        (folder / "page").write_bytes(letter * 3_000_000)
    assert shell.run(sources[0], target).returncode == 0
    seen: set[tuple[bytes, int]] = set()
    for turn in range(6):
        process = subprocess.Popen(
            shell.command(sources[turn % 2], target), env=shell.environment, stdout=subprocess.DEVNULL
        )
        while process.poll() is None:
            content = (target / "page").read_bytes()
            seen.add((content[:1] + content[-1:], len(content)))
    assert seen <= {(b"aa", 3_000_000), (b"bb", 3_000_000)}

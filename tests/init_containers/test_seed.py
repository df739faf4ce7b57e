"""The real script in a real shell: busybox's own where the machine has one, and the machine's ``sh`` with its tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from init_containers.seeding import FILE, SCRIPT, Shell, as_the_kubelet_writes, mode_of, tree

from patterns.model import literal

HOSTILE = [
    " ", "a b", "-rf", "--", "-", "$(touch pwned)", "`id`", "${HOME}", "*", "?", "[a]", "it's", '"', "new\nline", "\n",
    "tab\t", "back\\slash", "\\", "é", "~", "#", ";", "&", "|", ".hidden", "...", "%s", "=", "!",
]  # fmt: skip


# --- what is copied -----------------------------------------------------------------------------------------------


def test_copies_the_content_of_a_config_map_volume_and_none_of_its_links(
    shell: Shell, tmp_path: Path, target: Path
) -> None:
    files = {
        "index.html": b"<h1>Shop</h1>\n",
        "a/b/c.bin": bytes(range(256)),
        ".well-known/x": b"",
        "a/..b": b"two dots",
    }
    source = as_the_kubelet_writes(tmp_path / "source", files)
    done = shell.run(source, target)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(target) == dict(sorted(files.items()))
    assert sorted(done.stdout.splitlines()) == sorted(f"seed-pages: seeded {target}/{path}" for path in files)


def test_copies_a_single_file_by_its_own_name(shell: Shell, tmp_path: Path, target: Path) -> None:
    (tmp_path / "page.html").write_text("page")
    assert shell.run(tmp_path / "page.html", target).returncode == 0
    assert tree(target) == {"page.html": b"page"}


def test_copies_names_that_a_shell_could_misread(shell: Shell, tmp_path: Path, target: Path) -> None:
    source = tmp_path / "source"
    for name in HOSTILE:
        (source / f"d{name}").mkdir(parents=True)
        (source / f"d{name}" / name).write_text(name)
        if not name.startswith(".."):  # a kubelet's own, directly below the source
            (source / name).write_text(name)
    Path(os.fsdecode(os.fsencode(source) + b"/\xff\xfe")).write_text("not UTF-8")
    done = shell.run(source, target)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(target) == tree(source)
    assert not list(tmp_path.rglob("pwned"))


def test_files_and_directories_have_their_modes_whatever_the_umask_is(
    shell: Shell, tmp_path: Path, target: Path
) -> None:
    source = as_the_kubelet_writes(tmp_path / "source", {"a/b/run.sh": b"#!/bin/sh\n"})
    for mode in ("0644", "0600", "0444", "0755"):
        assert shell.run(source, target, mode).returncode == 0
        assert [mode_of(target / path) for path in ("a", "a/b", "a/b/run.sh")] == ["0755", "0755", mode]


def test_without_a_mode_a_file_keeps_its_own(shell: Shell, tmp_path: Path, target: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name, mode in (("run.sh", 0o777), ("data", 0o666)):
        (source / name).touch()
        (source / name).chmod(mode)
    assert shell.run(source, target, None).returncode == 0
    assert (mode_of(target / "run.sh"), mode_of(target / "data")) == ("0755", "0644")


def test_new_directories_keep_the_group_of_a_volume_with_an_fs_group(
    shell: Shell, tmp_path: Path, target: Path
) -> None:
    source = as_the_kubelet_writes(tmp_path / "source", {"a/b/c": b"x"})
    os.chown(target, -1, os.getgroups()[-1] if os.geteuid() else 2000)
    target.chmod(0o2777)
    assert shell.run(source, target).returncode == 0
    assert (target / "a/b/c").stat().st_gid == target.stat().st_gid


def test_reads_a_source_that_nobody_may_write(shell: Shell, tmp_path: Path, target: Path) -> None:
    source = as_the_kubelet_writes(tmp_path / "source", {"index.html": b"x"})
    source.chmod(0o555)
    assert shell.run(source, target).returncode == 0
    assert tree(target) == {"index.html": b"x"}


# --- it runs again ------------------------------------------------------------------------------------------------


def test_a_second_run_writes_the_new_content_and_leaves_what_others_wrote(
    shell: Shell, tmp_path: Path, target: Path
) -> None:
    first = as_the_kubelet_writes(tmp_path / "first", {"index.html": b"one\n", "old/gone.html": b"old"})
    second = as_the_kubelet_writes(tmp_path / "second", {"index.html": b"two\n"})
    assert shell.run(first, target, "0444").returncode == 0
    (target / "uploaded.png").write_bytes(b"upload")
    for _ in range(2):
        assert shell.run(second, target, "0444").returncode == 0
    assert tree(target) == {"index.html": b"two\n", "old/gone.html": b"old", "uploaded.png": b"upload"}


@pytest.mark.parametrize("leftover", ["file", "directory", "link"])
def test_what_a_run_that_was_cut_off_left_behind_goes(
    shell: Shell, tmp_path: Path, target: Path, leftover: str
) -> None:
    source = as_the_kubelet_writes(tmp_path / "source", {"index.html": b"new"})
    outside = tmp_path / "outside"
    outside.write_bytes(b"not ours")
    part = target / ".seed-pages.web-0.unfinished"
    if leftover == "file":
        part.write_bytes(b"half")
    elif leftover == "directory":
        part.mkdir()
        (part / "x").touch()
    else:
        part.symlink_to(outside)
    assert shell.run(source, target).returncode == 0
    assert tree(target) == {"index.html": b"new"}
    assert outside.read_bytes() == b"not ours"


def test_a_link_in_the_volume_is_replaced_and_never_followed(shell: Shell, tmp_path: Path, target: Path) -> None:
    source = as_the_kubelet_writes(tmp_path / "source", {"page": b"new", "pages": b"new", "dir/page": b"new"})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page").write_bytes(b"not ours")
    (target / "page").symlink_to(outside / "page")
    (target / "pages").symlink_to(outside)
    (target / "dir").symlink_to(outside)
    assert shell.run(source, target).returncode == 0
    assert tree(target) == {"dir/page": b"new", "page": b"new", "pages": b"new"}
    assert tree(outside) == {"page": b"not ours"}


# --- the text -----------------------------------------------------------------------------------------------------


def test_kubernetes_expands_nothing_in_the_script() -> None:
    assert literal(SCRIPT) == SCRIPT


def test_the_script_is_clean_for_shellcheck() -> None:
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("this machine has no shellcheck")
    done = subprocess.run([shellcheck, "--shell=sh", str(FILE)], capture_output=True, text=True, check=False)
    assert done.stdout == ""

"""The rendered command of a ``PermissionFixer``, as root, on trees that somebody could have left there."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from integration.programs import program
from integration.rendered import process_of
from shells import KINDS, link_tools

from patterns import App, Chart, Container, Deployment, PermissionFixer, Security, Volume, VolumeMount
from patterns.testing import container_of, find, synth

TOOLS = ("sh", "cat", "chmod", "chown", "find", "rm", "stat", "tail")
OWNER, GROUP = 12345, 23456

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away; .ci/run is root")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Files of root's: in folders, with hostile names, with links that lead out."""
    folder = tmp_path / "data"
    (folder / "a" / "b").mkdir(parents=True)
    for name in ("plain", "a/two\nlines", "a/-rf", "a/b/with space", "a/b/'quote\"", "a/$(id)", "a/*"):
        (folder / name).write_text(name)
        (folder / name).chmod(0o600)
    outside = tmp_path / "outside"
    outside.write_text("of somebody else")
    outside.chmod(0o600)
    (folder / "link").symlink_to(outside)
    (folder / "a" / "up").symlink_to(tmp_path)
    return folder


def fix(
    directory: Path,
    mode: str | None = None,
    owner: int = OWNER,
    user: int = 0,
    kind: str = "busybox",
    group: int = GROUP,
    below: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    chart = Chart(App(), "shop")
    mount = VolumeMount(volume=Volume.host_path("data", "/srv/shop"), mount_path="/data")
    web = Deployment(
        chart,
        "web",
        containers=[Container(name="app", image="registry.example.com/app:1.0", volume_mounts=[mount])],
        security=Security(run_as_user=owner, run_as_group=group),
    )
    PermissionFixer(web, "fix", volume=mount, because="a test", mode=mode)
    container = container_of(find(synth(chart), "Deployment"), "fix")
    programs = directory.parent / "bin"
    if not programs.exists():
        programs.mkdir()
        link_tools(kind, programs, TOOLS)
    words = process_of(container, paths={"/permission-target": str(directory)}).command
    command = [*below, str(programs / "sh"), *words[1:]]
    return subprocess.run(
        command, env={"PATH": str(programs)}, user=user, capture_output=True, text=True, timeout=60, check=False
    )


def owners(directory: Path) -> set[tuple[int, int]]:
    every = [directory, *directory.rglob("*")]
    return {(path.lstat().st_uid, path.lstat().st_gid) for path in every}


def test_everything_in_the_volume_is_given_away_and_nothing_behind_a_link(tree: Path) -> None:
    ran = fix(tree, mode="u+rwX,g+rX")
    assert ran.returncode == 0, ran.stderr
    assert owners(tree) == {(OWNER, GROUP)}
    outside = tree.parent / "outside"
    assert (outside.stat().st_uid, outside.stat().st_mode & 0o777) == (os.getuid(), 0o600)
    assert (tree / "a" / "b" / "with space").stat().st_mode & 0o777 == 0o640
    assert (tree / "a" / "b").stat().st_mode & 0o050 == 0o050


def test_the_plain_form_follows_a_link_out_of_the_volume(tree: Path) -> None:
    subprocess.run(["chown", "-RL", f"{OWNER}:{GROUP}", str(tree / "link")], check=True)
    assert (tree.parent / "outside").stat().st_uid == OWNER


def test_what_is_done_is_not_walked_again(tree: Path) -> None:
    assert fix(tree).returncode == 0
    # it would be given back, if anybody looked
    os.chown(tree / "plain", 0, 0)
    again = fix(tree)
    assert again.returncode == 0
    assert "is as it should be" in again.stdout
    assert (tree / "plain").stat().st_uid == 0


def changed(directory: Path) -> dict[Path, int]:
    """When anything about a file was last changed, or set anew to what it was."""
    return {path: path.lstat().st_ctime_ns for path in directory.rglob("*")}


def test_the_plain_form_touches_every_file_at_every_start_and_ours_none(tree: Path) -> None:
    assert fix(tree).returncode == 0
    before = changed(tree)
    assert fix(tree).returncode == 0
    assert changed(tree) == before
    plain = ["chown", "-hR", f"{OWNER}:{GROUP}", str(tree)]
    for _ in range(2):
        before = changed(tree)
        # the clock of files is that of the kernel's ticks
        time.sleep(0.02)
        subprocess.run(plain, check=True)
        assert all(at > before[path] for path, at in changed(tree).items())


def can(user: int, group: int, words: str) -> bool:
    """Whether somebody can run this."""
    ran = subprocess.run(["sh", "-c", words], user=user, group=group, extra_groups=[], capture_output=True, check=False)
    return ran.returncode == 0


def let_in(directory: Path) -> None:
    """Other users than root to what pytest keeps for itself, three folders or four where it runs in parallel."""
    for folder in (directory.parent, *directory.parents[1:4]):
        folder.chmod(0o711)


STRANGER = 34567


def test_777_lets_everybody_write_and_ours_the_application_alone(tree: Path) -> None:
    let_in(tree)
    write = f"echo x >>{tree}/plain && touch {tree}/new"
    assert fix(tree, mode="u+rwX").returncode == 0
    assert can(OWNER, GROUP, write)
    assert not can(STRANGER, STRANGER, write)
    subprocess.run(["chmod", "-R", "777", str(tree)], check=True)
    assert can(STRANGER, STRANGER, write)


#: from the range of a namespace of OpenShift, whose containers have the group 0
RANDOM_USER = 1_000_640_000


def test_a_random_user_of_group_0_gets_nothing_by_the_plain_form_and_all_by_ours(tree: Path) -> None:
    let_in(tree)
    write = f"cat {tree}/plain && echo x >>{tree}/plain && touch {tree}/a/new"
    subprocess.run(["chown", "-R", f"{OWNER}:{OWNER}", str(tree)], check=True)
    assert not can(RANDOM_USER, 0, write)
    ran = fix(tree, mode="g+rwX", group=0)
    assert ran.returncode == 0, ran.stderr
    assert can(RANDOM_USER, 0, write)
    assert not can(RANDOM_USER, STRANGER, write)


def test_a_root_that_may_give_nothing_away_is_told_what_to_do_by_ours_alone(tree: Path) -> None:
    """As behind root_squash: to be root is not enough. Here it is the capability that is missing."""
    squashed = [program("setpriv"), "--bounding-set", "-chown", "--inh-caps", "-chown"]
    words = [*squashed, "chown", "-R", f"{OWNER}:{GROUP}", str(tree)]
    plain = subprocess.run(words, capture_output=True, text=True, check=False)
    assert plain.returncode == 1
    assert plain.stderr.splitlines()[-1].endswith("Operation not permitted")
    ran = fix(tree, below=squashed)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].endswith(f": Operation not permitted; {SQUASHED}")


@pytest.mark.parametrize("change", ["directory", "owner", "mode", "marker"])
def test_what_is_no_longer_so_is_done_again(tree: Path, change: str) -> None:
    assert fix(tree).returncode == 0
    os.chown(tree / "plain", 0, 0)
    if change == "directory":
        os.chown(tree, 0, 0)
    elif change == "marker":
        (tree / ".fix.done").unlink()
    ran = fix(tree, mode="u+rwX" if change == "mode" else None, owner=OWNER + 1 if change == "owner" else OWNER)
    assert ran.returncode == 0, ran.stderr
    assert (tree / "plain").stat().st_uid in (OWNER, OWNER + 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mode_of_the_directory_that_changed_is_mended_where_a_mode_is_asked_for(tree: Path, kind: str) -> None:
    for mode, mended in (("u+rwX,g+rX", 0o755), (None, 0o700)):
        tree.chmod(0o755)
        assert fix(tree, mode=mode, kind=kind).returncode == 0
        assert "is as it should be" in fix(tree, mode=mode, kind=kind).stdout
        tree.chmod(0o700)
        assert fix(tree, mode=mode, kind=kind).returncode == 0
        assert tree.stat().st_mode & 0o050 == mended & 0o050


def test_a_run_that_was_cut_off_is_no_longer_done_as_before(tree: Path) -> None:
    assert fix(tree, mode="u+rwX").returncode == 0
    chmod = tree.parent / "bin" / "chmod"
    kept = chmod.rename(tree.parent / "chmod")
    chmod.write_text(f"#!{shutil.which('sh')}\nexit 1\n")
    chmod.chmod(0o755)
    assert fix(tree, mode="g+rwX").returncode == 1
    chmod.unlink()
    kept.rename(chmod)
    os.chown(tree / "plain", 0, 0)
    assert fix(tree, mode="u+rwX").returncode == 0
    assert (tree / "plain").stat().st_uid == OWNER


def test_a_marker_that_is_a_link_is_replaced(tree: Path) -> None:
    victim = tree.parent / "victim"
    victim.write_text("whole")
    (tree / ".fix.done").symlink_to(victim)
    assert fix(tree).returncode == 0
    assert victim.read_text() == "whole"


@pytest.fixture
def other_file_system(tree: Path) -> Iterator[Path]:
    mounted = tree / "a" / "mounted"
    mounted.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", str(mounted)], capture_output=True, check=False).returncode:
        pytest.skip("a file system may not be mounted here")
    (mounted / "file").write_text("")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_other_file_systems_are_left_alone(tree: Path, other_file_system: Path) -> None:
    assert fix(tree).returncode == 0
    assert (other_file_system / "file").stat().st_uid == 0


SQUASHED = "even root is refused, as an NFS server does with root_squash: change the owner on the server"


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("Operation not permitted", SQUASHED),
        ("Permission denied", SQUASHED),
        ("Read-only file system", "the volume is read-only: mount it for writing, or look whether the node found it"),
        ("No space left on device", "the volume is full, of bytes or of files: make room, or make it larger"),
        ("Disk quota exceeded", "the volume is full, of bytes or of files"),
        ("No such file or directory", "somebody took it away meanwhile: the next start begins anew"),
        ("Input/output error", "the volume is not as it should be"),
    ],
)
@pytest.mark.parametrize("program", ["chown", "chmod"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_last_line_is_what_the_program_said_and_what_to_do(
    tree: Path, kind: str, program: str, error: str, advice: str
) -> None:
    programs = tree.parent / "bin"
    programs.mkdir()
    link_tools(kind, programs, [tool for tool in TOOLS if tool != program])
    refusing = programs / program
    refusing.write_text(f'#!{shutil.which("sh")}\nfor name; do echo "{program}: $name: {error}"; done >&2\nexit 1\n')
    refusing.chmod(0o755)
    ran = fix(tree, mode="u+rwX", kind=kind)
    lines = ran.stderr.splitlines()
    assert ran.returncode == 1
    assert lines[-1].startswith(f"fix: {program}: ")
    assert f": {error}; {advice}" in lines[-1]
    assert ("root_squash" in ran.stderr) == (advice == SQUASHED)
    assert not (tree / ".fix.done").exists()


def test_what_a_million_files_are_refused_with_is_told_in_a_few_lines(tree: Path) -> None:
    for number in range(500):
        (tree / f"file-{number}").touch()
    programs = tree.parent / "bin"
    programs.mkdir()
    link_tools("busybox", programs, [tool for tool in TOOLS if tool != "chown"])
    refusing = programs / "chown"
    refusing.write_text(
        f'#!{shutil.which("sh")}\nfor name; do echo "chown: $name: Operation not permitted"; done >&2\nexit 1\n'
    )
    refusing.chmod(0o755)
    ran = fix(tree)
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) <= 20
    assert ran.stderr.endswith(f": Operation not permitted; {SQUASHED}\n")


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system of its own."""
    volume = tmp_path / "data"
    volume.mkdir()

    def mount(options: str) -> Path:
        words = ["mount", "-t", "tmpfs", "-o", options, "none", str(volume)]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            pytest.skip("a file system may not be mounted here")
        return volume

    yield mount
    subprocess.run(["umount", str(volume)], capture_output=True, check=False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_volume_that_is_read_only_says_so(mounted: Callable[[str], Path], kind: str) -> None:
    ran = fix(mounted("ro,size=1m"), kind=kind)
    assert ran.returncode == 1
    assert "Read-only file system; the volume is read-only" in ran.stderr.splitlines()[-1]
    assert "root_squash" not in ran.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_volume_without_room_for_the_marker_says_so(mounted: Callable[[str], Path], kind: str) -> None:
    # the directory itself is the one file that there is room for
    ran = fix(mounted("size=1m,nr_inodes=1"), kind=kind)
    assert ran.returncode == 1
    assert "No space left on device; the volume is full" in ran.stderr.splitlines()[-1]
    assert "root_squash" not in ran.stderr


def test_a_volume_that_takes_no_marker_says_what_it_is(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    # all is as it should be, so that the marker is the first thing to be refused
    os.chown(directory, OWNER, GROUP)
    let_in(directory)
    ran = fix(directory, user=65534)
    assert ran.returncode == 1
    assert ran.stderr.endswith(f": Permission denied; {SQUASHED}\n")

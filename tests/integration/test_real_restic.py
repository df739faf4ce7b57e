"""The rendered commands with the real restic: saved, lost, brought back, compared."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import shells
from eventually import eventually
from integration.programs import program, running
from integration.restic_machine import HOSTILE, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("kind", shells.KINDS)
def test_what_was_written_until_the_stop_is_brought_back_to_an_empty_disk(tmp_path: Path, kind: str) -> None:
    machine = Machine(tmp_path, kind)
    assert "nothing was ever backed up" in machine.restore()
    machine.write(*HOSTILE, "left-out.tmp")
    (machine.data / "sub").mkdir()
    machine.write("sub/deep")
    with machine.backing_up():
        # after the only backup that the period has room for; the application has ended then
        machine.write("last")
    expected = {name: text for name, text in machine.read().items() if name != "left-out.tmp"}
    assert set(expected) == {*HOSTILE, "sub/deep", "last"}
    machine.lose()
    assert "brought" in machine.restore()
    assert machine.read() == expected
    assert sorted(p.name for p in machine.data.iterdir()) == sorted({*HOSTILE, "sub", "last", "lost+found"})


def test_plain_form_without_a_last_pass_loses_what_was_written_last(machine: Machine) -> None:
    machine.write("first")
    command, env = machine.process(machine.pod, "backup")
    once = command[command.index("3600") + 1 :]
    loop = [command[0], "-c", 'while "$@"; do sleep 3600; done', "plain", *once]
    with running(loop, directory=machine.directory, env=env, ready=lambda: len(machine.snapshots()) == 1):
        machine.write("last")
    machine.lose()
    machine.restore()
    assert "last" not in machine.read()


def test_data_that_is_there_is_never_replaced(machine: Machine) -> None:
    machine.write("a", text="old")
    with machine.backing_up():
        pass
    machine.write("a", text="new")
    assert "holds data already" in machine.restore()
    assert machine.read() == {"a": "new of a"}
    # the plain form, at every start
    machine.restic("restore", "latest", "--host", "notes", "--target", str(machine.data))
    assert machine.read() == {"a": "old of a"}


def test_credentials_in_arguments_are_read_by_everybody_on_the_node_and_ours_are_none(machine: Machine) -> None:
    secret = (machine.secrets / "password").read_text()

    def read_by_others(process: subprocess.Popen[bytes]) -> str:
        words = ["cat", f"/proc/{process.pid}/cmdline"]
        other = 65534 if os.getuid() == 0 else None
        return subprocess.run(words, user=other, group=other, capture_output=True, text=True, check=True).stdout

    machine.write("a")
    with machine.backing_up() as ours:
        said = read_by_others(ours)
        assert str(machine.data) in said
        assert secret not in said
    words = [program("restic"), "--no-cache", "--repo", str(machine.repository), "--password-command"]
    words += [f"echo {secret}", "backup", "--stdin-from-command", "--", "sleep", "600"]
    with running(words, directory=machine.directory, ready=lambda: bool(machine.locks())) as plain:
        assert secret in read_by_others(plain)


def test_what_an_init_container_said_of_the_volume_before_is_no_data(machine: Machine) -> None:
    machine.write("a", ".fix.done", text="old")
    with machine.backing_up():
        pass
    machine.lose()
    machine.write(".fix.done", text="new")
    assert "brought" in machine.restore()
    assert machine.read() == {"a": "old of a", ".fix.done": "new of .fix.done"}
    assert not (machine.data / ".restic-restore").exists()


def test_a_restore_that_is_cut_off_is_begun_again_or_goes_on(machine: Machine) -> None:
    machine.write("a", "b")
    with machine.backing_up():
        pass
    expected = machine.read()
    machine.lose()
    # it was killed while it downloaded
    (machine.data / ".restic-restore" / "part").mkdir(parents=True)
    (machine.data / ".restic-restore" / "part" / "a").write_text("half")
    machine.restore()
    assert machine.read() == expected
    machine.lose()
    # it was killed while it gave the names
    whole = machine.data / ".restic-restore" / "whole"
    whole.mkdir(parents=True)
    (whole / "b").write_text(expected["b"])
    machine.write("a")
    machine.restore()
    assert machine.read() == expected
    assert not (machine.data / ".restic-restore").exists()


def test_a_restore_that_goes_on_later_replaces_nothing_that_was_written_meanwhile(machine: Machine) -> None:
    machine.write("a", text="old")
    with machine.backing_up():
        pass
    machine.lose()
    # it was killed before the first name, and the application was started without it
    whole = machine.data / ".restic-restore" / "whole"
    whole.mkdir(parents=True)
    (whole / "a").write_text("old of a")
    machine.write("a", text="new")
    ran = machine.run(machine.pod, "backup-restore")
    assert ran.returncode != 0
    assert "is there already, and is not replaced" in ran.stderr
    assert (machine.data / "a").read_text() == "new of a"
    assert (whole / "a").read_text() == "old of a"


def test_a_pattern_with_a_slash_in_front_leaves_out_what_is_directly_in_the_data(machine: Machine) -> None:
    machine.render(exclude=["/cache", "*.tmp", "!/kept.tmp"])
    for folder in ("cache", "sub", "sub/cache", "sub/lost+found"):
        (machine.data / folder).mkdir()
    machine.write("cache/a", "sub/cache/b", "sub/lost+found/c", "d.tmp", "kept.tmp")
    with machine.backing_up():
        pass
    machine.lose()
    machine.restore()
    assert set(machine.read()) == {"sub/cache/b", "sub/lost+found/c", "kept.tmp"}


@pytest.fixture
def locked(machine: Machine) -> Iterator[subprocess.Popen[bytes]]:
    """A check in another pod, which has the whole repository for itself, and is halted in the middle."""
    machine.write(*(f"file {number}" for number in range(20)))
    with machine.backing_up():
        pass
    env = {"RESTIC_REPOSITORY": str(machine.repository), "RESTIC_PASSWORD_FILE": str(machine.secrets / "password")}
    check = subprocess.Popen(
        [program("restic"), "--no-cache", "check", "--read-data"],
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: bool(machine.locks()))
        check.send_signal(signal.SIGSTOP)
        yield check
    finally:
        check.kill()
        check.wait()


def once(machine: Machine) -> tuple[list[str], dict[str, str]]:
    """One pass of the loop."""
    command, env = machine.process(machine.pod, "backup")
    return command[command.index("3600") + 1 :], {**os.environ, **env}


def test_a_check_that_was_killed_stops_neither_backup_nor_restore_nor_rehearsal(
    machine: Machine, locked: subprocess.Popen[bytes]
) -> None:
    locked.kill()
    locked.wait()
    left = machine.locks()
    kept = {path.name: path.read_bytes() for path in left}

    def lock() -> None:
        for name, content in kept.items():
            (machine.repository / "locks" / name).write_bytes(content)

    command, env = once(machine)
    plain = [program("restic"), "--no-cache", "backup", str(machine.data)]
    assert subprocess.run(plain, env=env, capture_output=True, check=False).returncode == 11
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    expected = machine.read()
    lock()
    machine.lose()
    assert "brought" in machine.restore()
    assert machine.read() == expected
    lock()
    assert machine.run(machine.jobs["rehearse"], "rehearse").returncode == 0


def test_a_backup_waits_for_a_check_that_runs(machine: Machine, locked: subprocess.Popen[bytes]) -> None:
    command, env = once(machine)
    before = len(machine.snapshots())
    backup = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert not eventually(lambda: backup.poll() is not None, 3), "it does not give up"
    locked.send_signal(signal.SIGCONT)
    assert backup.wait(60) == 0
    assert len(machine.snapshots()) == before + 1


def stop_rehearsal(machine: Machine, until: str) -> None:
    """A rehearsal that is stopped when it has printed this line: nothing of it runs on, and nothing stays locked."""
    command, env = machine.process(machine.jobs["rehearse"], "rehearse")
    with subprocess.Popen(
        command, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as rehearsal:
        assert rehearsal.stdout is not None
        try:
            assert any(until in line for line in rehearsal.stdout)
            rehearsal.terminate()
            assert rehearsal.wait(20) == 143
        finally:
            rehearsal.kill()
        # the end is read when the last of its processes has ended
        rehearsal.stdout.read()
    assert not any((machine.repository / "locks").iterdir())


@pytest.mark.parametrize("kind", shells.KINDS)
@pytest.mark.parametrize("until", ["load indexes", "restoring"])
def test_a_rehearsal_that_is_stopped_leaves_nothing_locked(tmp_path: Path, kind: str, until: str) -> None:
    machine = Machine(tmp_path, kind)
    for number in range(40):
        (machine.data / str(number)).write_bytes(os.urandom(1_000_000))
    with machine.backing_up():
        pass
    stop_rehearsal(machine, until)


def test_a_rehearsal_is_stopped_although_its_check_does_not_end_when_it_is_asked_to(machine: Machine) -> None:
    machine.write("a")
    with machine.backing_up():
        pass
    # restic 0.18.1 does so now and then: its checker leaves a channel open that the command reads to the end
    restic = machine.tools / "restic"
    restic.unlink()
    restic.write_text(
        f"#!/bin/sh\nreal={program('restic')}\n"
        'case " $* " in *" check "*) trap "" TERM; echo checks; exec sleep 600 ;; *) exec "$real" "$@" ;; esac\n'
    )
    restic.chmod(0o755)
    stop_rehearsal(machine, "checks")


def test_a_rehearsal_looks_at_the_last_snapshot_wherever_the_data_was_mounted_before(machine: Machine) -> None:
    machine.write("a")
    machine.restic("init")
    machine.restic("backup", "--host", "notes", "--time", "2026-01-02 03:04:05", str(machine.secrets))
    with machine.backing_up(saved=2):
        pass
    ran = machine.run(machine.jobs["rehearse"], "rehearse")
    assert ran.returncode == 0, ran.stderr
    assert (machine.scratch / "restored" / "a").exists()


def test_a_wrong_password_brings_nothing_back_and_does_not_pass_for_an_empty_repository(machine: Machine) -> None:
    machine.write("a")
    with machine.backing_up():
        pass
    machine.lose()
    (machine.secrets / "password").write_text("battery staple")
    ran = machine.run(machine.pod, "backup-restore")
    assert ran.returncode == 12
    assert "wrong password" in ran.stderr
    assert machine.read() == {}


def test_a_repository_that_cannot_be_used_is_tried_again_and_the_probe_says_how_old_the_last_backup_is(
    machine: Machine,
) -> None:
    machine.write("a")
    with machine.backing_up():
        pass
    machine.render(period_seconds=1, max_age_seconds=2)
    before = len(machine.snapshots())
    (machine.secrets / "password").write_text("battery staple")
    command, env = machine.process(machine.pod, "backup")
    with running(command, directory=machine.directory, env=env, ready=lambda: "2 times in a row" in machine.said()):
        assert machine.run(machine.pod, "backup", probe=True).returncode in (0, 1)
        assert eventually(lambda: machine.run(machine.pod, "backup", probe=True).returncode == 1)
        assert "and 2 are allowed" in machine.run(machine.pod, "backup", probe=True).stdout
        (machine.secrets / "password").write_text("correct horse")
        assert eventually(lambda: machine.run(machine.pod, "backup", probe=True).returncode == 0)
    assert len(machine.snapshots()) > before


def test_a_plain_loop_that_backs_up_no_more_says_nothing_to_the_kubelet(machine: Machine) -> None:
    """The same program, the same error, and a process that lives: it would be so for months. Ours is above."""
    command, env = machine.process(machine.pod, "backup")
    once = command[command.index("3600") + 1 :]
    machine.write("a")
    with machine.backing_up():
        pass
    before = machine.snapshots()
    (machine.secrets / "password").write_text("battery staple")
    failed = machine.directory / "failed"
    loop = ["sh", "-c", f'while :; do "$@" || echo x >>{failed}; sleep 0.1; done', "plain", *once]
    with running(loop, directory=machine.directory, env=env, ready=failed.exists) as plain:
        assert eventually(lambda: len(failed.read_text()) > 4)
        assert plain.poll() is None
    (machine.secrets / "password").write_text("correct horse")
    assert machine.snapshots() == before


def test_a_file_that_cannot_be_read_is_no_success(machine: Machine) -> None:
    if os.getuid() != 0:
        pytest.fail("only root can become somebody who must not read")
    machine.write("a", "secret")
    (machine.data / "secret").chmod(0)
    subprocess.run(["chown", "-R", "65534", str(machine.directory)], check=True)
    (machine.data / "secret").chmod(0)
    os.chown(machine.data / "secret", 0, 0)
    command, env = machine.process(machine.pod, "backup")
    once = command[command.index("3600") + 1 :]
    ran = subprocess.run(
        once, env={**os.environ, **env}, user=65534, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 3, ran.stderr
    assert "some files could not be read" in ran.stderr
    subprocess.run(["chown", "-R", "0", str(machine.directory)], check=True)
    ran = machine.run(machine.jobs["rehearse"], "rehearse")
    assert ran.returncode == 1
    assert "the last backup lacks files that could not be read" in ran.stderr
    # root may read it, so the next one is whole
    with machine.backing_up(saved=3):
        pass
    subprocess.run(["rm", "-rf", str(machine.scratch / "restored")], check=True)
    ran = machine.run(machine.jobs["rehearse"], "rehearse")
    assert ran.returncode == 0, ran.stderr


def test_a_rehearsal_reads_everything_and_fails_where_something_is_wrong(machine: Machine) -> None:
    rehearsal = machine.jobs["rehearse"]
    assert machine.run(rehearsal, "rehearse").returncode == 10
    machine.write("a", text="x" * 100_000)
    with machine.backing_up():
        pass
    ran = machine.run(rehearsal, "rehearse")
    assert ran.returncode == 0, ran.stderr
    assert "the backup is whole" in ran.stdout
    assert (machine.scratch / "restored" / "a").read_text().endswith("of a")
    packs = [path for path in (machine.repository / "data").rglob("*") if path.is_file()]
    largest = max(packs, key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 3] ^= 1
    largest.chmod(0o600)
    largest.write_bytes(content)
    subprocess.run(["rm", "-rf", str(machine.scratch / "restored")], check=True)
    assert machine.run(rehearsal, "rehearse").returncode != 0


def test_a_rehearsal_of_a_backup_that_is_too_old_fails(machine: Machine) -> None:
    machine.write("a")
    with machine.backing_up():
        pass
    machine.restic("forget", *(str(one["id"]) for one in machine.snapshots()))
    machine.restic("backup", "--host", "notes", "--time", "2026-01-02 03:04:05", str(machine.data))
    ran = machine.run(machine.jobs["rehearse"], "rehearse")
    assert ran.returncode == 1
    assert "10800 are allowed" in ran.stderr


def test_an_application_that_has_not_written_yet_is_no_failure_and_one_that_lost_all_is(machine: Machine) -> None:
    (machine.data / "lost+found").mkdir()
    command, env = once(machine)
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "nothing to back up yet" in ran.stdout
    machine.write("a")
    assert subprocess.run(command, env=env, capture_output=True, timeout=60, check=False).returncode == 0
    (machine.data / "a").unlink()
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode != 0
    assert "nothing left of what was backed up before" in ran.stderr


def test_a_retention_takes_old_snapshots_away_and_a_stale_lock_does_not_stop_it(machine: Machine) -> None:
    machine.write("a")
    with machine.backing_up():
        pass
    for day in range(1, 11):
        machine.restic("backup", "--host", "notes", "--time", f"2026-02-{day:02} 03:04:05", str(machine.data))
    machine.restic("backup", "--host", "another", "--time", "2020-01-01 00:00:00", str(machine.data))
    before = machine.snapshots()
    # somebody was killed with a lock in his hand: its time is over, and nobody renews it
    lock = subprocess.Popen(
        [program("restic"), "--no-cache", "backup", "--stdin-from-command", "--", "sleep", "600"],
        env={
            **os.environ,
            "RESTIC_REPOSITORY": str(machine.repository),
            "RESTIC_PASSWORD_FILE": str(machine.secrets / "password"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert eventually(lambda: bool(machine.locks()))
    lock.kill()
    lock.wait()
    assert machine.locks()
    with pytest.raises(subprocess.CalledProcessError) as plain:
        machine.restic("forget", "--keep-daily", "7", "--prune")
    assert "repository is already locked" in plain.value.stderr
    assert machine.snapshots() == before
    for name in ("retain-1", "retain-2"):
        ran = machine.run(machine.jobs["retain"], name)
        assert ran.returncode == 0, ran.stderr
    after = machine.snapshots()
    assert 7 <= len(after) < len(before)
    assert [one["hostname"] for one in after].count("another") == 1

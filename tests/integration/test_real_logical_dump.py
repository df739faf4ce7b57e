"""The rendered commands with the real PostgreSQL: dumped, lost, restored, compared."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from eventually import eventually
from integration.databases import PostgresServer
from integration.programs import program, running
from integration.rendered import process_of

from patterns import (
    App,
    BackupSidecar,
    Chart,
    Container,
    LogicalDump,
    RestoreRehearsal,
    SecretKey,
    StatefulSet,
    Volume,
    VolumeMount,
)
from patterns.model import JsonObject
from patterns.testing import container_of, find, synth

TO = VolumeMount(volume=Volume.pvc("dumps", "shop-dumps"), mount_path="/dumps")
DATABASE = "a b's $(id) *"
#: initdb and postgres refuse to run as root
USER = "postgres" if os.getuid() == 0 else None


class Machine:
    """The node: the server, the dumps, and what is rendered."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.server = PostgresServer(directory / "server")
        self.dumps, self.state, self.scratch = directory / "dumps", directory / "run", directory / "scratch"
        for folder in (self.dumps, self.state, self.scratch):
            folder.mkdir()
            folder.chmod(0o777)
        self.render()

    def render(self, **options: object) -> None:
        method = LogicalDump(
            host="db",
            database=DATABASE,
            user="postgres",
            password=SecretKey("db", "password"),
            to=TO,
            **options,  # type: ignore[arg-type]
        )
        chart = Chart(App(), "shop")
        web = StatefulSet(
            chart,
            "web",
            replicas=1,
            service_name="web",
            containers=[Container(name="app", image="registry.example.com/shop:1.4.2")],
        )
        BackupSidecar(web, "dump", method=method)
        RestoreRehearsal(chart, "rehearse", method=method, schedule="@daily", size_limit="1Gi")
        documents = synth(chart)
        self.pod, self.rehearsal = find(documents, "StatefulSet"), find(documents, "CronJob")

    def process(self, document: JsonObject, name: str) -> tuple[list[str], dict[str, str]]:
        places = {
            "/dumps": str(self.dumps),
            "/rehearsal": str(self.scratch),
            "/backup/state": str(self.state),
        }
        process = process_of(container_of(document, name), secrets={"PGPASSWORD": "secret"}, paths=places)
        path = f"{Path(program('initdb')).parent}{os.pathsep}{os.environ['PATH']}"
        there = {"PGHOST": "127.0.0.1", "PGPORT": str(self.server.port)} if document is self.pod else {}
        return process.command, {**process.env, **there, "PATH": path, "HOME": str(self.directory)}

    def run(self, document: JsonObject, name: str) -> subprocess.CompletedProcess[str]:
        command, env = self.process(document, name)
        return subprocess.run(
            command,
            cwd="/",
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            user=USER,
        )

    def restore(self) -> str:
        ran = self.run(self.pod, "dump-restore")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def files(self) -> list[str]:
        return sorted(path.name for path in self.dumps.iterdir())

    @contextmanager
    def dumping(self) -> Iterator[subprocess.Popen[bytes]]:
        before = len(self.files())
        command, env = self.process(self.pod, "dump")
        with running(
            command, directory=self.directory, env=env, user=USER, ready=lambda: len(self.files()) > before
        ) as it:
            yield it

    def ask(self, text: str) -> str:
        return self.server.psql(text, f"'{DATABASE.replace(chr(39), chr(92) + chr(39))}'")

    def make(self) -> None:
        self.server.psql(f'CREATE DATABASE "{DATABASE}"')

    def lose(self) -> None:
        self.server.psql(f'DROP DATABASE "{DATABASE}"')
        self.make()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    with machine.server.serving():
        machine.make()
        yield machine


def test_what_was_written_until_the_stop_is_restored_into_an_empty_database(machine: Machine) -> None:
    assert "nothing was ever backed up" in machine.restore()
    machine.ask("CREATE TABLE notes (id serial PRIMARY KEY, text text CHECK (text <> ''))")
    with machine.dumping():
        machine.ask("INSERT INTO notes (text) SELECT 'note ' || n FROM generate_series(1, 1000) n")
        # names are times: the next one is another second's
        time.sleep(1.1)
    assert all(re.fullmatch(r".*-\d{8}T\d{6}Z\.dump", name) for name in machine.files()), machine.files()
    assert len(machine.files()) == 2
    machine.lose()
    assert "restored" in machine.restore()
    assert machine.ask("SELECT count(*), min(text) FROM notes") == "1000|note 1"
    assert machine.ask("INSERT INTO notes (text) VALUES ('next') RETURNING id") == "1001"


def test_a_database_that_holds_something_is_never_touched(machine: Machine) -> None:
    machine.ask("CREATE TABLE notes AS SELECT 'old' AS text")
    with machine.dumping():
        pass
    machine.ask("UPDATE notes SET text = 'new'")
    assert "holds 1 tables, views and sequences already" in machine.restore()
    assert machine.ask("SELECT text FROM notes") == "new"
    machine.lose()
    machine.ask("CREATE SEQUENCE only_this")
    assert "nothing is restored" in machine.restore()


def test_a_restore_that_fails_leaves_nothing_behind(machine: Machine) -> None:
    machine.ask("CREATE TABLE a AS SELECT generate_series(1, 1000) AS id")
    machine.ask("CREATE TABLE b AS SELECT generate_series(1, 1000) AS id")
    with machine.dumping():
        pass
    newest = machine.dumps / machine.files()[-1]
    newest.write_bytes(newest.read_bytes()[:-400])
    machine.lose()
    assert machine.run(machine.pod, "dump-restore").returncode != 0
    assert machine.ask("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')") == "0"


def test_an_extension_that_the_server_has_already_does_not_stop_a_restore_by_the_owner(machine: Machine) -> None:
    machine.server.psql("CREATE ROLE shop_owner LOGIN PASSWORD 'secret'")
    made = f'ALTER DATABASE "{DATABASE}" OWNER TO shop_owner'
    machine.server.psql(made)
    # by the superuser, as whoever made the server
    machine.ask("CREATE EXTENSION pg_trgm")
    machine.ask("SET ROLE shop_owner; CREATE TABLE notes AS SELECT 1 AS id")
    machine.ask("COMMENT ON TABLE notes IS 'of an EXTENSION'")
    with machine.dumping():
        pass
    machine.lose()
    machine.server.psql(made)
    machine.ask("CREATE EXTENSION pg_trgm")
    command, env = machine.process(machine.pod, "dump-restore")
    env = {**os.environ, **env, "PGUSER": "shop_owner"}
    ran = subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, user=USER, check=False)
    assert ran.returncode == 0, ran.stderr
    assert machine.ask("SELECT id, obj_description('notes'::regclass) FROM notes") == "1|of an EXTENSION"


def test_a_grant_to_a_role_that_is_missing_fails_the_restore(machine: Machine) -> None:
    machine.server.psql("CREATE ROLE reader")
    machine.ask("CREATE TABLE notes AS SELECT 1 AS id; GRANT SELECT ON notes TO reader")
    with machine.dumping():
        pass
    machine.lose()
    machine.server.psql("DROP ROLE reader")
    ran = machine.run(machine.pod, "dump-restore")
    assert ran.returncode != 0
    assert 'role "reader" does not exist' in ran.stderr
    machine.server.psql("CREATE ROLE reader")
    assert "restored" in machine.restore()
    assert machine.ask("SELECT has_table_privilege('reader', 'notes', 'SELECT')") == "t"


def test_a_dump_is_not_removed_for_the_names_of_a_clock_that_was_wrong(machine: Machine) -> None:
    machine.render(keep_last=2)
    for year in (2090, 2091):
        (machine.dumps / f"{DATABASE}-{year}0101T000000Z.dump").write_text("old")
    command, env = machine.process(machine.pod, "dump")
    once = command[command.index("86400") + 1 :]
    ran = subprocess.run(once, env={**os.environ, **env}, capture_output=True, text=True, user=USER, check=False)
    assert ran.returncode != 0
    assert "2 dumps have names of the future" in ran.stderr
    assert len(machine.files()) == 3


@pytest.mark.skipif(USER is None, reason="only root can become somebody else")
def test_a_rehearsal_that_may_not_read_the_dumps_says_which_group_may(machine: Machine) -> None:
    with machine.dumping():
        pass
    newest = machine.dumps / machine.files()[-1]
    os.chown(newest, 10001, 10002)
    ran = machine.run(machine.rehearsal, "rehearse")
    assert ran.returncode == 1
    assert "run_as_group=10002" in ran.stderr


def test_a_dump_that_is_cut_off_never_gets_its_name(machine: Machine) -> None:
    machine.ask("CREATE TABLE notes AS SELECT generate_series(1, 10) AS id")
    command, env = machine.process(machine.pod, "dump")
    once = command[command.index("86400") + 1 :]
    # pg_dump is in the middle: it waits for the table that somebody has locked
    holder = subprocess.Popen(
        [
            *(program("psql"), "-Xq", f"host=127.0.0.1 port={machine.server.port} user=postgres password=secret"),
            *("-c", "BEGIN", "-c", "LOCK TABLE notes IN ACCESS EXCLUSIVE MODE", "-c", "SELECT pg_sleep(60)"),
        ],
        env={**os.environ, "PGDATABASE": DATABASE},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        locked = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
        assert eventually(lambda: machine.ask(locked) != "0")
        dump = subprocess.Popen(
            once, env={**os.environ, **env}, user=USER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert eventually(lambda: machine.ask("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0")
        machine.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'backup'")
        assert dump.wait(20) != 0
    finally:
        holder.kill()
        holder.wait()
        # the server does not see that its client is gone
        machine.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
    assert machine.files() == []


def test_only_so_many_dumps_stay_and_those_of_another_database_are_left_alone(machine: Machine) -> None:
    machine.render(keep_last=2)
    theirs = f"{DATABASE}-copy-20200101T000000Z.dump"
    for name in (f"{DATABASE}-20200101T000000Z.dump", f"{DATABASE}-20200102T000000Z.dump", theirs, "README"):
        (machine.dumps / name).write_text("old")
    with machine.dumping():
        assert eventually(lambda: len(machine.files()) == 4)
    left = machine.files()
    assert f"{DATABASE}-20200101T000000Z.dump" not in left
    assert {theirs, "README"} <= set(left)


def test_a_rehearsal_restores_into_a_server_of_its_own_and_fails_where_something_is_wrong(machine: Machine) -> None:
    assert "there is no dump" in machine.run(machine.rehearsal, "rehearse").stderr
    machine.ask("CREATE TABLE notes AS SELECT generate_series(1, 1000) AS id")
    machine.ask("CREATE ROLE reader")
    machine.ask("GRANT SELECT ON notes TO reader")
    with machine.dumping():
        pass
    ran = machine.run(machine.rehearsal, "rehearse")
    assert ran.returncode == 0, ran.stderr
    assert "is whole" in ran.stdout
    assert not list(machine.scratch.glob(".s.PGSQL*")), "the server has ended"
    newest = machine.dumps / machine.files()[-1]
    newest.write_bytes(newest.read_bytes()[:-400])
    subprocess.run(["rm", "-rf", str(machine.scratch / "server")], check=True)
    assert machine.run(machine.rehearsal, "rehearse").returncode != 0


def test_a_rehearsal_of_a_dump_that_is_too_old_fails(machine: Machine) -> None:
    with machine.dumping():
        pass
    # the first one and the one at the stop are of one second or of two
    *others, newest = (machine.dumps / name for name in machine.files())
    for other in others:
        other.unlink()
    newest.rename(machine.dumps / f"{DATABASE}-20260102T030405Z.dump")
    ran = machine.run(machine.rehearsal, "rehearse")
    assert ran.returncode == 1
    assert "259200 are allowed" in ran.stderr


def test_plain_copy_of_the_server_s_files_is_no_backup(machine: Machine) -> None:
    """What fails like this: the files of a database that runs, copied."""
    machine.ask("CREATE TABLE notes AS SELECT generate_series(1, 1000) AS id")
    copy = machine.directory / "copy"
    subprocess.run(["cp", "-a", str(machine.server.directory / "data"), str(copy)], check=True)
    # what was written after the last checkpoint is in the log, which goes on to be written while it is copied
    machine.ask("INSERT INTO notes SELECT generate_series(1001, 2000)")
    with machine.dumping():
        pass
    machine.lose()
    machine.restore()
    assert machine.ask("SELECT count(*) FROM notes") == "2000"
    control = machine.server.run("pg_controldata", str(copy))
    assert "in production" in control, "the copy looks like a server that crashed"

"""The rendered commands with the real Litestream: copied, lost, brought back, compared."""

from __future__ import annotations

import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from eventually import eventually
from integration.programs import free_port, listens, program, running
from integration.rendered import process_of

from patterns import (
    App,
    BackupSidecar,
    Chart,
    Container,
    Litestream,
    RestoreRehearsal,
    Security,
    StatefulSet,
    VolumeClaim,
)
from patterns.model import JsonObject
from patterns.testing import container_of, find, synth

CLAIM = VolumeClaim(name="data", size="1Gi")
USER = Security(run_as_user=1000)
DATABASES = ["notes.db", "sub/other db.db"]


class Machine:
    """The node: the data, the place of the backups, and what is rendered."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data, self.scratch = directory / "data", directory / "scratch"
        self.backups, self.port = directory / "backups", free_port()
        method = Litestream(databases=DATABASES, to=f"file://{self.backups}")
        chart = Chart(App(), "notes")
        mount = CLAIM.mount("/data")
        app = Container(name="app", image="registry.example.com/notes:2.0.0", volume_mounts=[mount])
        web = StatefulSet(
            chart, "web", replicas=1, service_name="web", volume_claims=[CLAIM], security=USER, containers=[app]
        )
        BackupSidecar(web, "backup", data=mount, method=method, port=self.port)
        RestoreRehearsal(chart, "rehearse", method=method, schedule="@daily", size_limit="1Gi")
        documents = synth(chart)
        self.pod, self.rehearsal = find(documents, "StatefulSet"), find(documents, "CronJob")
        self.configs = [str(d["data"]["litestream.yml"]) for d in documents if d["kind"] == "ConfigMap"]  # type: ignore[index, call-overload]
        for folder in (self.data / "sub", self.scratch):
            folder.mkdir(parents=True)

    def command(self, document: JsonObject, name: str) -> list[str]:
        config = self.directory / f"config-{document['kind']}"
        config.mkdir(exist_ok=True)
        places = {"/data/": f"{self.data}/", "/rehearsal/": f"{self.scratch}/"}
        text = self.configs[document is self.rehearsal]
        for there, here in places.items():
            text = text.replace(f"path: {there}", f"path: {here}")
        (config / "litestream.yml").write_text(text)
        paths = {**places, "/backup/config": str(config), "/usr/local/bin/litestream": program("litestream")}
        return process_of(container_of(document, name), paths=paths).command

    def run(self, document: JsonObject, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(document, name), cwd=self.directory, capture_output=True, text=True, timeout=60, check=False
        )

    def restore(self) -> None:
        for name in ("backup-restore-1", "backup-restore-2"):
            ran = self.run(self.pod, name)
            assert ran.returncode == 0, ran.stdout + ran.stderr

    @contextmanager
    def backing_up(self) -> Iterator[subprocess.Popen[bytes]]:
        command = self.command(self.pod, "backup")
        with running(command, directory=self.directory, ready=lambda: listens(self.port)) as process:
            # it looks at its databases once a second
            if all((self.data / database).exists() for database in DATABASES):
                assert eventually(lambda: self.copies() == len(DATABASES))
            yield process

    def copies(self) -> int:
        """How many databases have something in the place of the backups."""
        return len({path.parents[2] for path in self.backups.rglob("*.ltx")})

    def write(self, *texts: str) -> None:
        for database in DATABASES:
            with closing(sqlite3.connect(self.data / database, timeout=10)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("CREATE TABLE IF NOT EXISTS notes (text TEXT)")
                connection.executemany("INSERT INTO notes VALUES (?)", [(text,) for text in texts])
                connection.commit()

    def read(self, directory: Path) -> list[list[str]]:
        found = []
        for database in DATABASES:
            with closing(sqlite3.connect(directory / database)) as connection:
                found.append([row[0] for row in connection.execute("SELECT text FROM notes ORDER BY rowid")])
        return found

    def lose(self) -> None:
        """The disk is gone, and a new one is there."""
        subprocess.run(["rm", "-rf", str(self.data)], check=True)
        (self.data / "sub").mkdir(parents=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_was_written_until_the_stop_is_brought_back_to_an_empty_disk(machine: Machine) -> None:
    machine.restore()
    machine.write("first")
    with machine.backing_up():
        with urllib.request.urlopen(f"http://127.0.0.1:{machine.port}/metrics", timeout=10) as answer:
            assert b"litestream_" in answer.read()
        machine.write("second")
        # written just before the stop signal; the application has ended then
        machine.write(*(f"last {number}" for number in range(2000)))
    machine.lose()
    machine.restore()
    expected = ["first", "second", *(f"last {number}" for number in range(2000))]
    assert machine.read(machine.data) == [expected] * 2


def test_data_that_is_there_is_never_replaced(machine: Machine) -> None:
    machine.write("first")
    with machine.backing_up():
        machine.write("second")
    machine.write("newer than the backup")
    machine.restore()
    assert machine.read(machine.data) == [["first", "second", "newer than the backup"]] * 2


def test_where_nothing_was_backed_up_a_restore_is_well_and_a_rehearsal_is_not(machine: Machine) -> None:
    machine.restore()
    assert not (machine.data / "notes.db").exists()
    assert machine.run(machine.rehearsal, "rehearse-1").returncode != 0


def test_a_rehearsal_brings_back_and_looks_at_every_page(machine: Machine) -> None:
    machine.write("first")
    with machine.backing_up():
        machine.write("second")
    for name in ("rehearse-1", "rehearse-2"):
        ran = machine.run(machine.rehearsal, name)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert machine.read(machine.scratch) == [["first", "second"]] * 2


def test_a_damaged_backup_fails_the_rehearsal(machine: Machine) -> None:
    machine.write("first")
    with machine.backing_up():
        machine.write("second")
    files = [path for path in machine.backups.rglob("*.ltx") if "notes.db" in str(path)]
    assert files
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    assert machine.run(machine.rehearsal, "rehearse-1").returncode != 0


def test_a_copy_of_the_files_while_they_are_written_is_torn(machine: Machine, tmp_path: Path) -> None:
    """The plain form: a copy of the database's file lacks what is in its log."""
    torn = tmp_path / "copy" / "sub"
    torn.mkdir(parents=True)
    machine.write("first")
    with closing(sqlite3.connect(machine.data / "notes.db")) as application:
        application.execute("PRAGMA wal_autocheckpoint=0")
        application.execute("INSERT INTO notes VALUES ('in the log')")
        application.commit()
        (torn.parent / "notes.db").write_bytes((machine.data / "notes.db").read_bytes())
    with closing(sqlite3.connect(torn.parent / "notes.db")) as connection:
        assert "in the log" not in [row[0] for row in connection.execute("SELECT text FROM notes")]

"""A ``MigrationInPlace`` as it is rendered, made to run on this machine, as often as there are replicas."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from integration.databases import PostgresServer
from integration.programs import program, running
from integration.rendered import Process, process_of

from patterns import App, Chart, Container, Deployment, MigrationInPlace, MigrationLock, PostgresLock, SecretKey
from patterns.model.json import object_at, objects_at, text_at
from patterns.testing import container_of, find, pod_spec_of, synth


class Replica:
    """One of them, while it runs."""

    def __init__(self, process: Process, output: Path, tools: Path | None) -> None:
        first = [str(tools)] if tools else []
        path = [*first, str(Path(program("psql")).parent), os.environ["PATH"]]
        self.env = {"PATH": os.pathsep.join(path), **process.env}
        self.output = output
        with output.open("wb") as out:
            self.process = subprocess.Popen(
                process.command, env=self.env, stdout=out, stderr=out, start_new_session=True
            )

    def ended(self, seconds: float = 60) -> int:
        """Its exit code."""
        return self.process.wait(seconds)

    def said(self) -> str:
        """What it has printed."""
        return self.output.read_text()

    def last_line(self) -> str:
        return self.said().splitlines()[-1]

    def kill(self) -> None:
        """As a container is killed: all its processes at once."""
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(ProcessLookupError):
                # `timeout` makes a process group of its own, and stays in the session
                if os.getsid(int(folder.name)) == self.process.pid:
                    os.kill(int(folder.name), signal.SIGKILL)
        self.process.wait()


class Migrating:
    """A pattern's files in a directory, and its replicas.

    Args:
        directory: of its own.
        tools: a folder with the shell and its tools, where it is not the machine's.
    """

    def __init__(
        self,
        directory: Path,
        database: MigrationLock,
        scripts: Mapping[str, str],
        *,
        tools: Path | None = None,
        **options: object,
    ) -> None:
        directory.mkdir()
        chart = Chart(App(), "shop", namespace="shop")
        web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/app:1.0")])
        MigrationInPlace(web, "migrate", database=database, scripts=scripts, **options)  # type: ignore[arg-type]
        documents = synth(chart)
        deployment = find(documents, "Deployment")
        data = object_at(find(documents, "ConfigMap"), "data")
        for item in objects_at(objects_at(pod_spec_of(deployment), "volumes")[0], "configMap", "items"):
            file = directory / "..data" / text_at(item, "path")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text_at(data, text_at(item, "key")).replace("/migrate/", f"{directory}/"))
        # as a kubelet lays them out
        for name in ("scripts", "program"):
            (directory / name).symlink_to(f"..data/{name}")
        self.directory = directory
        self.container = container_of(deployment, "migrate")
        self.tools = tools
        self.replicas = 0

    def start(self) -> Replica:
        """A replica more."""
        self.replicas += 1
        name = f"web-{self.replicas}"
        secrets = {"PGPASSWORD": "secret", "PGAPPNAME": name}
        paths = {"/migrate/": f"{self.directory}/"}
        process = process_of(self.container, secrets=secrets, paths=paths)
        return Replica(process, self.directory / f"{name}.log", self.tools)

    def run(self) -> Replica:
        """A replica, when it has ended."""
        replica = self.start()
        replica.ended()
        return replica


class Database:
    """A database of its own on a server of all tests."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        self.server, self.name = server, name
        server.psql(f"CREATE DATABASE {name}")
        self.psql("GRANT CREATE ON SCHEMA public TO migrator")

    def psql(self, text: str) -> str:
        return self.server.psql(text, self.name)

    def lock(self, table: str = "applied_scripts") -> PostgresLock:
        return PostgresLock(
            host="127.0.0.1",
            port=self.server.port,
            user="migrator",
            database=self.name,
            password=SecretKey("db-migrator", "password"),
            table=table,
        )

    def applied(self) -> list[str]:
        return self.psql("SELECT version FROM applied_scripts ORDER BY applied_at").split()

    @contextmanager
    def holding(self, statement: str, directory: Path) -> Iterator[None]:
        """Somebody else's session that has run the statement in a transaction, and stays."""
        connection = f"host=127.0.0.1 port={self.server.port} user=postgres password=secret dbname={self.name}"
        statements = f"SET client_connection_check_interval = '1s'; BEGIN; {statement}; SELECT pg_sleep(60)"
        command = [program("psql"), "-Xq", connection, "-c", statements]
        sleeps = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        directory.mkdir()
        with running(command, directory=directory, ready=lambda: self.psql(sleeps) == "1"):
            yield


def all_ended(replicas: Sequence[Replica]) -> list[int]:
    """Their exit codes."""
    return [replica.ended() for replica in replicas]

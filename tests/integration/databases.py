"""Real servers on loopback, with directories of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.programs import free_port, listens, program, running

#: PostgreSQL and MariaDB do not run as root
_USER = "postgres" if os.getuid() == 0 else None


class PostgresServer:
    """A PostgreSQL that can be started and stopped; its superuser is ``postgres``, with the password ``secret``.

    Args:
        directory: of its own.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        directory.mkdir()
        directory.chmod(0o777)
        (directory / "password").write_text("secret\n")
        self.run(
            *("initdb", "--auth=scram-sha-256", "--username=postgres", "--no-sync", "--no-instructions"),
            *(f"--pwfile={directory}/password", f"--pgdata={directory}/data"),
        )

    def run(self, name: str, *arguments: str) -> str:
        """A program of PostgreSQL's, as the server's user."""
        command = [program(name), *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, user=_USER, cwd=self.directory
        ).stdout

    def psql(self, text: str, database: str = "postgres") -> str:
        """What a query gives, as the superuser."""
        connection = f"host=127.0.0.1 port={self.port} user=postgres password=secret dbname={database}"
        return self.run("psql", "-XqAt", connection, "-c", text).strip()

    @contextmanager
    def serving(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """The server, from when it listens on; further options are ``name=value``."""
        settings = (
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            *options,
        )
        command = [program("postgres"), "-D", f"{self.directory}/data"]
        for setting in settings:
            command += ["-c", setting]
        with running(command, directory=self.directory, ready=lambda: listens(self.port), user=_USER) as process:
            yield process


@contextmanager
def pgbouncer(directory: Path, server: PostgresServer, database: str, mode: str) -> Iterator[int]:
    """A PgBouncer before the server; gives its port. Its one user is the superuser.

    Args:
        directory: of its own.
        mode: its ``pool_mode``.
    """
    directory.mkdir()
    directory.chmod(0o777)
    port = free_port()
    (directory / "users").write_text('"postgres" "secret"\n')
    (directory / "settings.ini").write_text(
        f"[databases]\n{database} = host=127.0.0.1 port={server.port} user=postgres password=secret\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\npool_mode = {mode}\n"
        f"auth_type = plain\nauth_file = {directory}/users\n"
    )
    command = [program("pgbouncer"), str(directory / "settings.ini")]
    with running(command, directory=directory, ready=lambda: listens(port), user=_USER):
        yield port


@contextmanager
def redis(directory: Path, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis that keeps nothing."""
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", *options]
    with running(command, directory=directory, ready=lambda: listens(port)) as process:
        yield process


@contextmanager
def mariadb(directory: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A MariaDB with the user ``shop`` and the password ``secret``."""
    directory.mkdir()
    directory.chmod(0o777)
    statements = (
        "CREATE DATABASE shop",
        "CREATE USER shop@'127.0.0.1' IDENTIFIED BY 'secret'",
        "GRANT ALL ON shop.* TO shop@'127.0.0.1'",
    )
    (directory / "init.sql").write_text("".join(f"{statement};\n" for statement in statements))
    common = ["--no-defaults", f"--datadir={directory}/data"]
    install = [program("mariadb-install-db"), *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    temporary = {"TMPDIR": str(directory)}
    subprocess.run(install, check=True, capture_output=True, user=_USER, cwd=directory, env={**os.environ, **temporary})
    server = [program("mariadbd"), *common, f"--port={port}", "--bind-address=127.0.0.1", f"--socket={directory}/s"]
    server += [f"--init-file={directory}/init.sql", f"--pid-file={directory}/pid", "--skip-log-bin"]
    with running(server, directory=directory, env=temporary, ready=lambda: listens(port), user=_USER) as process:
        yield process

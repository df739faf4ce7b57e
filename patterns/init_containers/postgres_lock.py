"""Applying scripts to PostgreSQL, one replica at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from patterns.errors import InvalidValue
from patterns.init_containers.migration_lock import MigrationPlace, MigrationProgram
from patterns.init_containers.postgres_ready import PostgresReady
from patterns.init_containers.sql_statements import outside_transaction, transaction_control
from patterns.model import ConfigMapKey, FieldPath, SecretKey
from patterns.model.calls import checked
from patterns.model.names import check_host, process_text
from patterns.model.value import Value, dataclass
from patterns.pod.libpq import SslMode

#: the parts of the program, each a file of psql, with "migrate_" before its name here
_PARTS = {
    name: Path(__file__).with_name(f"migrate_{name}").read_text(encoding="utf-8")
    for name in ("check.sql", "direct.sql", "fail.sql", "script.sql", "session.sql", "turn.sql")
}


@dataclass(frozen=True, kw_only=True)
class PostgresLock(Value):
    """PostgreSQL 11 or newer, whose scripts are applied by ``psql``, under an advisory lock of its session.

    One session takes the lock and runs all scripts, so that the lock goes when the connection does: also of a pod that
    is killed. It has to reach the server itself, or a pooler that keeps sessions (PgBouncer's ``session``).
    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

    Each script runs in one transaction with its row in ``table``, so both are there or none. Names end in ``.sql``.

    Args:
        host: its name or address.
        port: 1-65535.
        user: who owns what the scripts change, and not the application's own.
        database: default the user's name, as libpq has it.
        password: of ``user``; in the environment of this container alone.
        ssl_mode: ``"disable"``, ``"require"`` (encrypted, of whomever), ``"verify-ca"``, ``"verify-full"``; default
            libpq's, which takes what it gets.
        ca: the certificate of the authority that signed the server's, in PEM; without ``ssl_mode`` it means
            ``"verify-full"``.
        table: of the applied scripts, which is made where it is not there: ``"applied_scripts"`` or
            ``"shop.applied_scripts"``. Without a schema, in the one where ``user`` makes tables. The lock has its name:
            workloads with one table take turns.

    Raises:
        InvalidValue: for a bad host, port or table; for a script that ends its transaction, that has statements which
            PostgreSQL does not take in one, or whose name does not end in ``.sql``.
    """

    host: str
    port: int = 5432
    user: str
    database: str | None = None
    password: SecretKey | None = None
    ssl_mode: SslMode | None = None
    ca: SecretKey | ConfigMapKey | None = None
    table: str = "applied_scripts"

    def __post_init__(self) -> None:
        check_host(self.host, self.port)
        if not self.user:
            raise InvalidValue("user must be the name of who owns what the scripts change, got ''")
        process_text(self.user, "user")
        process_text(self.database or "", "database")
        if not re.fullmatch(r"(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,62}", self.table):
            raise InvalidValue(
                "table must be a name of lower-case letters, digits and '_', at most 63, after an optional schema, "
                f"such as 'applied_scripts' or 'shop.applied_scripts', got {self.table!r}"
            )

    @checked
    def migration_program(self, place: MigrationPlace) -> MigrationProgram:
        """``psql`` with one file, which brings in the others."""
        for name, text in place.scripts.items():
            _check_script(name, text, alone=name in place.without_transaction)
        ready = PostgresReady(
            host=self.host,
            port=self.port,
            user=self.user,
            database=self.database,
            password=self.password,
            ssl_mode=self.ssl_mode,
            ca=self.ca,
        ).attempt()
        command = ["psql", "--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1"]
        return MigrationProgram(
            # the pod's name tells who holds the lock, and stands in the table
            ready=replace(
                ready, env={**ready.env, "PGAPPNAME": FieldPath("metadata.name"), "PGCLIENTENCODING": "UTF8"}
            ),
            command=[*command, "--file", f"{place.program_directory}/main.sql"],
            files={"main.sql": self._main(place), **_PARTS},
        )

    def _main(self, place: MigrationPlace) -> str:
        """The file of psql that says what there is to do. Nothing in it needs more quotes than it has."""
        schema, _, table = self.table.rpartition(".")
        variables = {
            "says": f"{place.container}:",
            "count": str(len(place.scripts)),
            "directory": place.scripts_directory,
            "lock": str(lock_key(self.table)),
            "lock_timeout": str(place.lock_timeout_seconds * 1000),
            "schema": schema,
            "table": table,
            "scripts": json.dumps(dict(place.sha256)),
        }
        lines = [*_set(variables), "\\ir turn.sql", "\\if :migrate_pending"]
        for name in place.scripts:
            together = "off" if name in place.without_transaction else "on"
            lines += [*_set({"script": name, "in_transaction": together}), "\\ir script.sql"]
        # for a pooler that keeps the session; else it goes with the connection
        lines.append("SELECT pg_advisory_unlock(:migrate_lock) AS migrate_none \\gset")
        said = "\\warn :migrate_says 'all' :migrate_count 'are applied"
        return "\n".join([*lines, f"{said}'", "\\else", f"{said} already'", "\\endif", ""])


def lock_key(table: str) -> int:
    """The number of the advisory lock: the same in every version of this library."""
    return int.from_bytes(sha256(f"cdk8s-pod-patterns/{table}".encode()).digest()[:8], "big") >> 1


def _set(variables: Mapping[str, str]) -> list[str]:
    # https://www.postgresql.org/docs/current/app-psql.html: between single quotes, quotes are doubled and a backslash
    # is an escape
    quoted = {name: text.replace("\\", "\\\\").replace("'", "''") for name, text in variables.items()}
    return [f"\\set migrate_{name} '{text}'" for name, text in quoted.items()]


def _check_script(name: str, text: str, *, alone: bool) -> None:
    """What would be seen in the cluster only, at the first of many statements."""
    if not name.endswith(".sql"):
        raise InvalidValue(f"scripts[{name!r}] must have a name that ends in '.sql'; leave out what is no script")
    if alone:
        return
    found = outside_transaction(text)
    if found:
        line, words = found
        raise InvalidValue(
            f"scripts[{name!r}], line {line}: {words} cannot run in a transaction; put it into a script of its own "
            f"that may be run twice, and write without_transaction=[{name!r}]"
        )
    found = transaction_control(text)
    if found:
        line, words = found
        raise InvalidValue(
            f"scripts[{name!r}], line {line}: {words} is not the script's to say, since it runs in one transaction "
            f"with its row in the table; take it out, or write without_transaction=[{name!r}]"
        )

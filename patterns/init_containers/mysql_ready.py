"""Waiting for MySQL and MariaDB."""

from __future__ import annotations

from patterns.defaults import MARIADB_IMAGE
from patterns.init_containers.dependency import FILES, Attempt
from patterns.model import ConfigMapKey, SecretKey, literal
from patterns.model.names import check_host, process_text
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class MySqlReady(Value):
    """A MySQL or MariaDB server that answers a query.

    It is asked ``SELECT 1`` as ``user``: a ping succeeds as soon as the server speaks at all, refused users included.
    https://mariadb.com/docs/server/clients-and-utilities/administrative-tools/mariadb-admin

    Args:
        host: its name or address.
        port: 1-65535.
        user: who asks; best the application's own.
        password: of ``user``; in the environment of this container alone.
        database: that has to be there; default none.
        ca: the certificate of the authority that signed the server's, in PEM; with it the server's is checked.

    Raises:
        InvalidValue: for a bad host or port.
    """

    host: str
    port: int = 3306
    user: str
    password: SecretKey | None = None
    database: str | None = None
    ca: SecretKey | ConfigMapKey | None = None

    def __post_init__(self) -> None:
        check_host(self.host, self.port)
        process_text(self.user, "user")
        process_text(self.database or "", "database")

    def attempt(self) -> Attempt:
        """The client of MariaDB, which speaks to both."""
        command = [
            "mariadb",
            "--no-defaults",
            "--protocol=tcp",
            "--connect-timeout=5",
            literal(f"--host={self.host}"),
            f"--port={self.port}",
            literal(f"--user={self.user}"),
            *([literal(f"--database={self.database}")] if self.database else []),
            *([f"--ssl-ca={FILES}/ca.crt", "--ssl-verify-server-cert"] if self.ca else []),
            "--silent",
            "--execute=SELECT 1",
        ]
        return Attempt(
            what=f"MySQL at {self.host}:{self.port}",
            command=command,
            image=MARIADB_IMAGE,
            env={"MYSQL_PWD": self.password} if self.password else {},
            files={"ca.crt": self.ca} if self.ca else {},
            host=self.host,
            port=self.port,
        )

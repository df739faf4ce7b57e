"""Waiting for PostgreSQL."""

from __future__ import annotations

from patterns.defaults import POSTGRES_IMAGE
from patterns.init_containers.dependency import FILES, Attempt, check_login
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.names import check_host
from patterns.model.value import Value, dataclass
from patterns.pod.libpq import SslMode, libpq_env


@dataclass(frozen=True, kw_only=True)
class PostgresReady(Value):
    """A PostgreSQL server that answers a query.

    With a ``user`` it is asked ``SELECT 1`` as that user, in its database: what the application will do. Without one it
    is asked by ``pg_isready`` whether it takes connections, which says no while it starts, recovers or stops, and
    nothing of users and databases. https://www.postgresql.org/docs/current/app-pg-isready.html

    Args:
        host: its name or address.
        port: 1-65535.
        user: who asks; best the application's own.
        database: default the user's name, as libpq has it.
        password: of ``user``; in the environment of this container alone.
        ssl_mode: ``"disable"``, ``"require"`` (encrypted, of whomever), ``"verify-ca"``, ``"verify-full"``; default
            libpq's, which takes what it gets.
        ca: the certificate of the authority that signed the server's, in PEM; without ``ssl_mode`` it means
            ``"verify-full"``.

    Raises:
        InvalidValue: for a bad host or port, or for a password or a database without a user.
    """

    host: str
    port: int = 5432
    user: str | None = None
    database: str | None = None
    password: SecretKey | None = None
    ssl_mode: SslMode | None = None
    ca: SecretKey | ConfigMapKey | None = None

    def __post_init__(self) -> None:
        check_host(self.host, self.port)
        check_login(self.user, self.password or self.database)

    def attempt(self) -> Attempt:
        """``psql`` or ``pg_isready``, told by libpq's environment variables."""
        env = libpq_env(
            host=self.host,
            port=self.port,
            # the server is not asked who that is
            user=self.user or "postgres",
            database=self.database,
            password=self.password,
            ssl_mode=self.ssl_mode,
            ca_file=f"{FILES}/ca.crt" if self.ca else None,
        )
        if self.user:
            env["PGAPPNAME"] = "wait"
        ask = ["psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--command", "SELECT 1"]
        return Attempt(
            what=f"PostgreSQL at {self.host}:{self.port}",
            command=ask if self.user else ["pg_isready"],
            image=POSTGRES_IMAGE,
            env=env,
            files={"ca.crt": self.ca} if self.ca else {},
            host=self.host,
            port=self.port,
        )

"""Where PostgreSQL's programs find the server, and who they are: the environment variables of libpq."""

from __future__ import annotations

from typing import Literal, TypeAlias

from patterns.errors import InvalidValue
from patterns.model import EnvSource, SecretKey, literal

SslMode: TypeAlias = Literal["disable", "require", "verify-ca", "verify-full"]


def libpq_env(
    *,
    host: str,
    port: int,
    user: str,
    database: str | None,
    password: SecretKey | None,
    ssl_mode: SslMode | None,
    ca_file: str | None,
) -> dict[str, str | EnvSource]:
    """The variables: https://www.postgresql.org/docs/current/libpq-envars.html

    Args:
        host: its name or address.
        port: 1-65535.
        user: who asks; without a name libpq would look for the container's user, whom the image may not know.
        database: default the user's name.
        password: of ``user``.
        ssl_mode: default ``"verify-full"`` with a ``ca_file``, and libpq's own without.
        ca_file: path of the certificate of the authority that signed the server's.

    Raises:
        InvalidValue: for a certificate that nobody would look at.
    """
    if ssl_mode == "disable" and ca_file:
        raise InvalidValue("ca must not be given with ssl_mode 'disable', which asks for no certificate")
    env: dict[str, str | EnvSource | None] = {
        "PGHOST": host,
        "PGPORT": str(port),
        "PGUSER": literal(user),
        "PGDATABASE": None if database is None else literal(database),
        "PGPASSWORD": password,
        "PGSSLMODE": ssl_mode or ("verify-full" if ca_file else None),
        "PGSSLROOTCERT": ca_file,
        "PGCONNECT_TIMEOUT": "5",
    }
    return {name: value for name, value in env.items() if value is not None}

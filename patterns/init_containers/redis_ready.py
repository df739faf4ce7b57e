"""Waiting for Redis and Valkey."""

from __future__ import annotations

from patterns.defaults import REDIS_IMAGE
from patterns.init_containers.dependency import FILES, Attempt
from patterns.model import ConfigMapKey, SecretKey, literal
from patterns.model.names import check_host, process_text
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class RedisReady(Value):
    """A Redis or Valkey server that answers ``PING``.

    A server that still loads its data answers with an error, and is not ready. https://redis.io/docs/latest/develop/tools/cli/

    Args:
        host: its name or address.
        port: 1-65535.
        user: of its access control list; default the server's default user.
        password: in the environment of this container alone.
        tls: speak TLS, with the image's authorities where there is no ``ca``.
        ca: the certificate of the authority that signed the server's, in PEM; it means ``tls``.

    Raises:
        InvalidValue: for a bad host or port.
    """

    host: str
    port: int = 6379
    user: str | None = None
    password: SecretKey | None = None
    tls: bool = False
    ca: SecretKey | ConfigMapKey | None = None

    def __post_init__(self) -> None:
        check_host(self.host, self.port)
        process_text(self.user or "", "user")

    def attempt(self) -> Attempt:
        """``redis-cli -e``, which tells an error of the server by its exit code."""
        command = [
            "redis-cli",
            "-e",
            "-h",
            literal(self.host),
            "-p",
            str(self.port),
            *(["--user", literal(self.user)] if self.user else []),
            *(["--tls"] if self.tls or self.ca else []),
            *(["--cacert", f"{FILES}/ca.crt"] if self.ca else []),
            "PING",
        ]
        return Attempt(
            what=f"Redis at {self.host}:{self.port}",
            command=command,
            image=REDIS_IMAGE,
            env={"REDISCLI_AUTH": self.password} if self.password else {},
            files={"ca.crt": self.ca} if self.ca else {},
            host=self.host,
            port=self.port,
        )

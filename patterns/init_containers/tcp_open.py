"""Waiting for a port."""

from __future__ import annotations

from patterns.defaults import BUSYBOX_IMAGE
from patterns.init_containers.dependency import Attempt
from patterns.model import literal
from patterns.model.names import check_host
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class TcpOpen(Value):
    """A port that takes connections.

    It says little: a server may listen long before it answers, as a database does while it recovers. Take what speaks
    the server's protocol where there is one.

    Args:
        host: its name or address.
        port: 1-65535.

    Raises:
        InvalidValue: for a bad host or port.
    """

    host: str
    port: int

    def __post_init__(self) -> None:
        check_host(self.host, self.port)

    def attempt(self) -> Attempt:
        """One connection."""
        return Attempt(
            what=f"port {self.port} of {self.host}",
            command=["nc", "-z", "-w", "5", literal(self.host), str(self.port)],
            image=BUSYBOX_IMAGE,
            host=self.host,
            port=self.port,
        )

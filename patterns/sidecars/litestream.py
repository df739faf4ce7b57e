"""Litestream: a SQLite database, copied as it is written."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.defaults import LITESTREAM_IMAGE
from patterns.errors import InvalidValue
from patterns.model import EnvSource, JsonObject, SecretKey, literal
from patterns.model.calls import checked
from patterns.model.names import process_text
from patterns.model.paths import relative_path
from patterns.model.value import Value, dataclass
from patterns.sidecars.backup_address import address_parts
from patterns.sidecars.backup_method import BackupPlace, BackupProgram
from patterns.yaml import write_yaml

#: what Litestream 0.5 writes to: https://litestream.io/reference/config/
_SCHEMES = ("s3", "gs", "abs", "oss", "sftp", "nats", "webdav", "webdavs", "file")
_CONFIG = "litestream.yml"
#: between the last copy and the end of the process
_MARGIN_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Litestream(Value):
    """SQLite databases, copied as they are written, a second behind: https://litestream.io

    The application has to use WAL mode (``PRAGMA journal_mode=WAL``), and a busy timeout of some seconds, because
    Litestream takes a lock now and then. At its stop signal Litestream copies what is left, for as long as its part of
    the grace period lasts; as a native sidecar it gets the signal after the application has ended.

    Args:
        databases: paths below the volume, such as ``["shop.db"]``.
        to: where they go: ``s3://bucket/shop``, or another address that Litestream knows, without what is secret. Each
            database has its path below it.
        access_key_id: of S3, or what speaks its language; it goes with ``secret_access_key``. Without them the pod's
            own identity counts.
        secret_access_key: of S3.
        endpoint: of what speaks S3's language: ``https://minio.example.com:9000``.
        region: of S3.

    Raises:
        InvalidValue: without a database, for a bad path or address, or one key without the other.
    """

    databases: Sequence[str]
    to: str
    access_key_id: SecretKey | None = None
    secret_access_key: SecretKey | None = None
    endpoint: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        if not self.databases:
            raise InvalidValue('databases must hold one at least, such as ["shop.db"]')
        for path in self.databases:
            relative_path(path, "databases", reserved=True)
            process_text(path, "databases")
        process_text(self.to, "to")
        parts = address_parts(self.to, "to")
        if parts.scheme not in _SCHEMES or not (parts.netloc or parts.path.strip("/")):
            raise InvalidValue(f"to must be an address such as 's3://bucket/shop', got {self.to!r}")
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise InvalidValue("access_key_id and secret_access_key go together")
        for name, given in (("endpoint", self.endpoint), ("region", self.region)):
            process_text(given or "", name)

    @checked
    def backup_program(self, place: BackupPlace) -> BackupProgram:
        """One process for all databases; one restore for each."""
        paths = {f"{place.data.rstrip('/')}/{path}": path for path in self.databases}
        config: JsonObject = {
            "addr": f":{place.port}",
            "shutdown-sync-timeout": f"{max(1, place.seconds - _MARGIN_SECONDS)}s",
            "dbs": [{"path": path, "replica": self._replica(name)} for path, name in paths.items()],
        }
        options = ["-config", f"{place.config}/{_CONFIG}", "-no-expand-env"]
        restore = ["/usr/local/bin/litestream", "restore", *options]
        env: dict[str, str | EnvSource] = {}
        if self.access_key_id is not None and self.secret_access_key is not None:
            env["LITESTREAM_ACCESS_KEY_ID"] = self.access_key_id
            env["LITESTREAM_SECRET_ACCESS_KEY"] = self.secret_access_key
        return BackupProgram(
            image=LITESTREAM_IMAGE,
            command=["/usr/local/bin/litestream", "replicate", *options],
            restores=[[*restore, "-if-db-not-exists", "-if-replica-exists", literal(path)] for path in paths],
            # the whole file is read, and each page compared: https://sqlite.org/pragma.html#pragma_integrity_check
            rehearsals=[[*restore, "-integrity-check", "full", literal(path)] for path in paths],
            files={_CONFIG: write_yaml([config])},
            env=env,
            health_path="/metrics",
            single_writer=True,
        )

    def _replica(self, name: str) -> JsonObject:
        replica: JsonObject = {"url": f"{self.to.rstrip('/')}/{name}"}
        if self.endpoint is not None:
            replica["endpoint"] = self.endpoint
        if self.region is not None:
            replica["region"] = self.region
        return replica

"""Dumps of a PostgreSQL database, as its own programs write them."""

from __future__ import annotations

from patterns.defaults import POSTGRES_IMAGE
from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, EmptyDir, SecretKey, Volume, VolumeMount, literal
from patterns.model.calls import checked
from patterns.model.names import check_host, process_text, whole_number
from patterns.model.urls import LOOPBACK
from patterns.model.value import Value, dataclass
from patterns.pod.libpq import SslMode, libpq_env
from patterns.pod.script import script_beside
from patterns.sidecars.backup_loop import LOOP_SIZE_LIMIT, backing_up, fresh, max_age
from patterns.sidecars.backup_method import BackupPlace, BackupProgram

_DUMP = script_beside(__file__, "pg_dump.sh")
_RESTORE = script_beside(__file__, "pg_restore.sh")
_REHEARSE = script_beside(__file__, "pg_rehearse.sh")
#: of the image's own user, whom a server wants to know by name
_POSTGRES = 999
_NOT_THERE = "a server in the same pod has not started when init containers run"


@dataclass(frozen=True, kw_only=True)
class LogicalDump(Value):
    """A PostgreSQL database, dumped by ``pg_dump``: https://www.postgresql.org/docs/current/app-pgdump.html

    Each dump is a moment of the database as a whole, taken beside its users, in a file of PostgreSQL's custom format,
    ``<database>-<time>.dump``, which has its name when it is whole. Roles and other databases are not in it. It is
    brought back into a database without tables, all of it or nothing; the roles that its grants and policies name have
    to be there.

    On a volume of its own beside the database it is not far enough away: a second ``BackupSidecar`` with ``Restic``
    carries the directory elsewhere.

    Args:
        host: the server's name or address. One in the same pod takes ``restore=False`` of the ``BackupSidecar``: it has
            not started when init containers run.
        port: 1-65535.
        database: its name.
        user: who dumps; to bring a dump back it has to be the owner of the database.
        password: of ``user``; in the environment of these containers alone.
        to: the volume of the dumps, which holds one more than stay. A ``RestoreRehearsal`` runs as the image's user,
            999, and reads them where it has their group: ``security=Security(run_as_user=999, run_as_group=...)``.
        ssl_mode: ``"disable"``, ``"require"`` (encrypted, of whomever), ``"verify-ca"``, ``"verify-full"``; default
            libpq's, which takes what it gets.
        ca: the certificate of the authority that signed the server's, in PEM; without ``ssl_mode`` it means
            ``"verify-full"``.
        period_seconds: whole seconds between two dumps.
        max_age_seconds: whole seconds after which the container is not alive, and a rehearsal fails; default three
            periods.
        keep_last: how many dumps stay.

    Raises:
        InvalidValue: for a bad host, port or name, or a time of 0.
    """

    host: str
    port: int = 5432
    database: str
    user: str
    password: SecretKey | None = None
    to: VolumeMount
    ssl_mode: SslMode | None = None
    ca: SecretKey | ConfigMapKey | None = None
    period_seconds: int = 86400
    max_age_seconds: int | None = None
    keep_last: int = 7

    def __post_init__(self) -> None:
        check_host(self.host, self.port)
        for name, text in (("database", self.database), ("user", self.user)):
            process_text(text, name)
        if not self.database or self.database.startswith(("-", ".")) or any(letter in self.database for letter in "=/"):
            raise InvalidValue(
                "database must be its name, which names the dumps too: without '=' and '/', and without a dot or a "
                f"hyphen in front, got {self.database!r}"
            )
        if not self.user:
            raise InvalidValue("user must be given")
        max_age(self.period_seconds, self.max_age_seconds)
        whole_number(self.keep_last, "keep_last", 1)

    @checked
    def backup_program(self, place: BackupPlace) -> BackupProgram:
        """A loop of ``pg_dump``; a restore into an empty database; a rehearsal with a server of its own."""
        age = max_age(self.period_seconds, self.max_age_seconds)
        directory, name = literal(self.to.mount_path), literal(self.database)
        once = ["sh", "-c", _DUMP, place.name, directory, name, str(self.keep_last)]
        source = self.to.volume.source if isinstance(self.to.volume, Volume) else None
        env = libpq_env(
            host=self.host,
            port=self.port,
            user=self.user,
            database=self.database,
            password=self.password,
            ssl_mode=self.ssl_mode,
            ca_file=f"{place.secrets}/ca.crt" if self.ca else None,
        )
        return BackupProgram(
            image=POSTGRES_IMAGE,
            command=backing_up(place, once, period_seconds=self.period_seconds),
            restores=[["sh", "-c", _RESTORE, place.name, directory, name]],
            # another pod has another emptyDir: there is nothing to bring back
            rehearsals=[]
            if isinstance(source, EmptyDir)
            else [["sh", "-c", _REHEARSE, place.name, place.data, directory, name, str(age)]],
            data="none",
            to=self.to,
            secrets={"ca.crt": self.ca} if self.ca else {},
            env={**env, "PGAPPNAME": "backup"},
            # it asks no server but its own
            rehearsal_env={},
            rehearsal_user=_POSTGRES,
            state_size_limit=LOOP_SIZE_LIMIT,
            no_restore=_NOT_THERE if self.host in LOOPBACK else "",
            health_command=fresh(place, age),
            single_writer=True,
        )

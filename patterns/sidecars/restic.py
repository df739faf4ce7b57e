"""Restic: the files of a directory, as encrypted snapshots."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.defaults import RESTIC_IMAGE
from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, EnvSource, SecretKey, literal
from patterns.model.calls import checked
from patterns.model.names import process_text, whole_number
from patterns.model.value import Value, dataclass
from patterns.pod.script import script_beside
from patterns.sidecars.backup_address import address_parts
from patterns.sidecars.backup_loop import backing_up, fresh, max_age
from patterns.sidecars.backup_method import BackupPlace, BackupProgram

_BACKUP = script_beside(__file__, "restic_backup.sh")
_RESTORE = script_beside(__file__, "restic_restore.sh")
_REHEARSE = script_beside(__file__, "restic_rehearse.sh")
#: what a repository begins with: https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html
_BACKENDS = ("azure:", "b2:", "gs:", "rest:http", "s3:", "swift:")
#: packs of 16 MiB on their way to five connections: https://restic.readthedocs.io/en/stable/047_tuning_backup_parameters.html
_STATE_SIZE_LIMIT = "256Mi"
#: what a file system makes by itself, and what `restic_restore.sh` works in
_OURS = ("/lost+found", "/.restic-restore")
_KEPT = ("last", "hourly", "daily", "weekly", "monthly", "yearly")


@dataclass(frozen=True, kw_only=True)
class Restic(Value):
    """The files of a volume, as encrypted snapshots which share what is the same: https://restic.net

    Files that change while they are read are torn in a snapshot: it is for files that are written and left, such as
    uploads, and not for a database's own (``LogicalDump``, ``Litestream``). The last snapshot is taken after the
    application has ended, when nothing changes any more.

    A repository that is not there is made. Old snapshots stay until a ``BackupRetention`` takes them away, which needs
    the right to delete: best with credentials of its own.

    Args:
        repository: ``s3:https://s3.eu-central-1.amazonaws.com/bucket/notes``, or another address that restic knows,
            without what is secret. https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html
            No path, since the container has no volume for it, and no SFTP, since ssh does not know its user. What
            Azure, B2, Google and Swift want to know for a login goes into ``env`` of the construct.
        password: of the repository, from a file. Without it nobody can read what is in there.
        host: under which the snapshots are kept and found again; another for each application of a repository.
        exclude: patterns of files that are left out: ``"*.tmp"`` wherever it is, and with a slash in front,
            ``"/cache"``, what is directly in the directory of the data.
            https://restic.readthedocs.io/en/stable/040_backup.html#excluding-files
        period_seconds: whole seconds between two backups.
        max_age_seconds: whole seconds after which the container is not alive, and a rehearsal fails; default three
            periods.
        keep_last, keep_hourly, keep_daily, keep_weekly, keep_monthly, keep_yearly: how many snapshots of which kind a
            ``BackupRetention`` keeps. https://restic.readthedocs.io/en/stable/060_forget.html
        access_key_id: of S3, or what speaks its language; it goes with ``secret_access_key``. Without them the pod's
            own identity counts.
        secret_access_key: of S3.
        region: of S3.
        username: of restic's own REST server; it goes with ``user_password``.
        user_password: of ``username``.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.

    Raises:
        InvalidValue: for an address with a password in it, a login for another kind of address, one key without the
            other, or nothing that is kept.
    """

    repository: str
    password: SecretKey
    host: str
    exclude: Sequence[str] = ()
    period_seconds: int = 3600
    max_age_seconds: int | None = None
    keep_last: int | None = None
    keep_hourly: int | None = None
    keep_daily: int | None = 7
    keep_weekly: int | None = 5
    keep_monthly: int | None = 12
    keep_yearly: int | None = None
    access_key_id: SecretKey | None = None
    secret_access_key: SecretKey | None = None
    region: str | None = None
    username: str | None = None
    user_password: SecretKey | None = None
    ca: SecretKey | ConfigMapKey | None = None

    def __post_init__(self) -> None:
        for name, text in (("repository", self.repository), ("host", self.host), ("region", self.region or "")):
            process_text(text, name)
        if not self.repository.startswith(_BACKENDS):
            raise InvalidValue(
                "repository must be an address such as 's3:https://s3.eu-central-1.amazonaws.com/bucket/notes', and no "
                f"path or sftp, got {self.repository!r}"
            )
        address_parts(self.repository.partition(":")[2], "repository")
        if not self.host or self.host.startswith("-"):
            raise InvalidValue(f"host must be a name such as 'notes', got {self.host!r}")
        for pattern in self.exclude:
            process_text(pattern, "exclude")
        max_age(self.period_seconds, self.max_age_seconds)
        for kind, count in self._kept.items():
            whole_number(count, f"keep_{kind}", 1)
        if not self._kept:
            raise InvalidValue("one of keep_last, keep_daily and the like must be given: nothing would be kept")
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise InvalidValue("access_key_id and secret_access_key go together")
        if (self.username is None) != (self.user_password is None):
            raise InvalidValue("username and user_password go together")
        given = {"access_key_id": ("s3:", self.access_key_id), "region": ("s3:", self.region)}
        for name, (kind, value) in {**given, "username": ("rest:", self.username)}.items():
            if value is not None and not self.repository.startswith(kind):
                raise InvalidValue(
                    f"{name} must not be given: it is for a repository such as '{kind}https://...', got "
                    f"{self.repository!r}"
                )

    @property
    def _kept(self) -> dict[str, int]:
        given = {kind: getattr(self, f"keep_{kind}") for kind in _KEPT}
        return {kind: count for kind, count in given.items() if count is not None}

    @checked
    def backup_program(self, place: BackupPlace) -> BackupProgram:
        """A loop of ``restic backup``; one restore; a rehearsal that reads all of the last snapshot."""
        host = literal(self.host)
        age = max_age(self.period_seconds, self.max_age_seconds)
        left_out = [*_OURS, *self.exclude]
        excludes = [f"--exclude={literal(_below(place.data, pattern))}" for pattern in left_out]
        once = ["sh", "-c", _BACKUP, place.name, place.data, host, *excludes]
        keep = [f"--keep-{kind}={count}" for kind, count in self._kept.items()]
        forget = ["restic", "--no-cache", "forget", f"--host={host}", "--group-by=host", *keep]
        return BackupProgram(
            image=RESTIC_IMAGE,
            command=backing_up(place, once, period_seconds=self.period_seconds),
            restores=[["sh", "-c", _RESTORE, place.name, place.data, host]],
            rehearsals=[["sh", "-c", _REHEARSE, place.name, place.data, host, str(age)]],
            # what a process that was killed left locked; never a lock that is in use
            retentions=[["restic", "--no-cache", "unlock"], [*forget, "--prune", "--retry-lock=30m"]],
            data="read",
            secrets={"password": self.password, **({"ca.crt": self.ca} if self.ca else {})},
            env=self._env(place),
            state_size_limit=_STATE_SIZE_LIMIT,
            health_command=fresh(place, age),
            single_writer=True,
        )

    def _env(self, place: BackupPlace) -> dict[str, str | EnvSource]:
        # https://restic.readthedocs.io/en/stable/040_backup.html#environment-variables
        env: dict[str, str | EnvSource | None] = {
            "RESTIC_REPOSITORY": literal(self.repository),
            "RESTIC_PASSWORD_FILE": f"{place.secrets}/password",
            "RESTIC_CACERT": f"{place.secrets}/ca.crt" if self.ca else None,
            "TMPDIR": place.state,
            "TZ": "UTC",
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": self.region,
            "RESTIC_REST_USERNAME": self.username,
            "RESTIC_REST_PASSWORD": self.user_password,
        }
        return {name: value for name, value in env.items() if value is not None}


def _below(directory: str, pattern: str) -> str:
    """A pattern of the data as restic wants it: one with a slash in front is compared with the whole path."""
    mark = "!" if pattern.startswith("!") else ""
    bare = pattern.removeprefix("!")
    if not bare.startswith("/"):
        return pattern
    place = "".join(f"\\{letter}" if letter in "*?[\\" else letter for letter in directory.rstrip("/"))
    return f"{mark}{place}{bare}"

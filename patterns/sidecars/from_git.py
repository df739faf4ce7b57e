"""A Git repository, as a directory."""

from __future__ import annotations

from patterns.defaults import GIT_SYNC_IMAGE
from patterns.errors import InvalidValue
from patterns.model import SecretKey, literal
from patterns.model.calls import checked
from patterns.model.names import process_text, whole_number
from patterns.model.value import Value, dataclass
from patterns.sidecars.config_source import SyncPlace, SyncProgram

#: looks in a row that may fail: an hour with the default period
_FAILURES = "60"


@dataclass(frozen=True, kw_only=True)
class FromGit(Value):
    """A branch, tag or commit of a Git repository.

    By git-sync 4: https://github.com/kubernetes/git-sync. The files are below a link, ``<mount_path>/<link>``, which
    leads to another directory as soon as the next commit is checked out whole: a reader never sees a part of it. It has
    to follow the link anew, so the application mounts the directory that holds the link.

    Args:
        repository: ``https://git.example.com/team/config.git``, or ``git@git.example.com:team/config.git``.
        ref: branch, tag or commit; default the repository's own branch.
        link: name of the link.
        period_seconds: whole seconds between two looks.
        username: of who reads; it goes with ``password``.
        password: or token, read from a file before each look, so that it may change.
        ssh_key: of who reads by ssh; it goes with ``known_hosts``.
        known_hosts: lines of the servers that are trusted, as ``ssh-keyscan`` gives them, checked by somebody.

    Raises:
        InvalidValue: for a bad address, one with a password in it, or a login without its other half.
    """

    repository: str
    ref: str | None = None
    link: str = "current"
    period_seconds: int = 60
    username: str | None = None
    password: SecretKey | None = None
    ssh_key: SecretKey | None = None
    known_hosts: SecretKey | None = None

    def __post_init__(self) -> None:
        for name, text in (("repository", self.repository), ("ref", self.ref or ""), ("link", self.link)):
            process_text(text, name)
        over_http = self.repository.startswith("https://")
        if not over_http and "@" not in self.repository:
            example = "'https://git.example.com/config.git', or 'git@git.example.com:config.git'"
            raise InvalidValue(f"repository must be such as {example}, got {self.repository!r}")
        if over_http and "@" in self.repository.removeprefix("https://").partition("/")[0]:
            raise InvalidValue("repository must hold no user and password; write username= and password=SecretKey(...)")
        if not self.link or "/" in self.link or self.link.startswith("."):
            raise InvalidValue(f"link must be a name without a directory, got {self.link!r}")
        whole_number(self.period_seconds, "period_seconds", 1)
        if (self.username is None) != (self.password is None):
            raise InvalidValue("username and password go together")
        if (self.ssh_key is None) != (self.known_hosts is None):
            raise InvalidValue("ssh_key and known_hosts go together: without them anybody could be the server")

    @checked
    def sync_program(self, place: SyncPlace) -> SyncProgram:
        """Flags, which git-sync refuses where they are wrong; it ignores wrong variables."""
        root = place.folder.rstrip("/")
        args = [
            f"--repo={literal(self.repository)}",
            *([f"--ref={literal(self.ref)}"] if self.ref else []),
            # a directory of its own, because git-sync empties it at its start
            f"--root={literal(root)}/.git-sync",
            f"--link={literal(root)}/{literal(self.link)}",
            "--depth=1",
            f"--period={self.period_seconds}s",
            f"--max-failures={_FAILURES}",
            "--group-write",
            f"--http-bind=:{place.port}",
        ]
        secrets: dict[str, SecretKey] = {}
        if self.username is not None and self.password is not None:
            args += [f"--username={literal(self.username)}", f"--password-file={place.secrets}/password"]
            secrets["password"] = self.password
        if self.ssh_key is not None and self.known_hosts is not None:
            args += [
                f"--ssh-key-file={place.secrets}/ssh",
                "--ssh-known-hosts",
                f"--ssh-known-hosts-file={place.secrets}/known_hosts",
            ]
            secrets.update({"ssh": self.ssh_key, "known_hosts": self.known_hosts})
        if place.reload_command is not None:
            if self.ssh_key is not None:
                raise InvalidValue(
                    "reload must not be a signal with ssh_key: ssh has to run as a user that the image knows, and who "
                    "signals as the application's; write a ConfigReloader beside it, or read by https"
                )
            args.append(f"--exechook-command={place.reload_command}")
        if place.reload is not None:
            args += [f"--webhook-url={literal(place.reload.url)}", f"--webhook-method={place.reload.method}"]
        return SyncProgram(
            image=GIT_SYNC_IMAGE,
            args=args,
            secrets=secrets,
            health_path="/",
            # it ends by itself after so many failures
            live=False,
            # ssh wants to know who it is, and the image knows this one
            user=65533,
            tmp=True,
        )

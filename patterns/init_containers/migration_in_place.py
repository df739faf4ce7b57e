"""An init container that changes a database's schema, one replica at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from patterns.defaults import CONTAINER_SECURITY, SMALL_RESOURCES, Default
from patterns.errors import WrongType
from patterns.init_containers.migration_lock import MigrationLock, MigrationPlace, MigrationProgram
from patterns.init_containers.migration_scripts import checked_scripts
from patterns.init_containers.seed_files import config_map_volume
from patterns.init_containers.seed_source import FromDirectory
from patterns.model import Container, EnvSource, EnvVar, ResourceRequirements, Security, VolumeMount, literal
from patterns.model.env import variables_of
from patterns.model.names import name_beside, whole_number
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.script import script_beside

if TYPE_CHECKING:
    from constructs import Construct

#: what it has to know it gets as arguments, so that no text of a user is in it
SCRIPT = script_beside(__file__, "migrate.sh")
_WAIT = script_beside(__file__, "wait.sh")
#: where it sees the scripts, and the program that applies them
FILES = "/migrate"
#: for one attempt to reach the server
_ATTEMPT_SECONDS = "10"
_DAY = 86_400


class MigrationInPlace(Pattern):
    """Changes a database's schema before the application starts, one replica at a time.

    An init container of every replica waits for the server, takes a lock in it, and applies the scripts that a table of
    the database does not have: in the order of their names, each once, each in one transaction with its row there. A
    replica that finds all of them takes no lock and ends at once. What fails is rolled back, and the next start tries
    again; its error is the last line of the log, which is in the pod's status too.

    An applied script is not changed any more: the table keeps its SHA-256, and another content is an error. What is
    applied and not known here, as when an older pod starts again during a rollout, stays. Pods of the version before
    still run meanwhile: a script only adds what they do not know (expand), and takes away what nobody needs a rollout
    later (contract).

    The scripts stand in an immutable ConfigMap with the hash of their content in its name, so a new one rolls the pods.
    The password that may change the schema is in the environment of this container alone.

    An application with a tool of its own (Alembic, Flyway) needs no second one: run that, in an ``InitContainer`` where
    it locks by itself, in a ``Migration`` where it does not.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        database: ``PostgresLock(...)``, or one of your own.
        scripts: text by file name, or ``FromDirectory(...)``. Names are letters, digits, ``-``, ``_`` and ``.``, and
            are sorted as text.
        without_transaction: names of scripts that are no transaction, such as ``CREATE INDEX CONCURRENTLY``. One that
            fails half-way is run again from its beginning: write it so.
        lock_timeout_seconds: whole seconds that a statement of a script may wait for a lock of a table: everybody who
            comes after it waits as long.
        timeout_seconds: whole seconds in all: for the server, the others' turns, and the scripts. Counted in the
            container: ``activeDeadlineSeconds`` would go on counting, and end the healthy pod later.
        not_secret: the reason why a script that looks like it holds a secret does not; not rendered.
        image: that has the command, and a shell; default the one of ``database``.
        env: further environment variables, such as those that a script reads with ``\\getenv``.
        resources: default ``SMALL_RESOURCES``, which rows that a script selects have to fit into; ``None`` renders
            nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a time of 0, or over a day; for no script, a bad name, numbers in names that are sorted
            otherwise as text, more than a ConfigMap holds, what looks like a secret; for a name in
            ``without_transaction`` that is no script's; for a database in a container that starts only when all init
            containers have ended.
        WrongType: for something that is no database.
        Conflict: when the name is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        database: MigrationLock,
        scripts: Mapping[str, str] | FromDirectory,
        without_transaction: Sequence[str] = (),
        lock_timeout_seconds: int = 10,
        timeout_seconds: int = 600,
        not_secret: str | None = None,
        image: str | Default[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        whole_number(lock_timeout_seconds, "lock_timeout_seconds", 1, _DAY)
        whole_number(timeout_seconds, "timeout_seconds", 1, _DAY)
        texts = checked_scripts(scripts, without_transaction, not_secret)
        program = database.migration_program(
            MigrationPlace(
                container=id,
                scripts=texts,
                sha256={name: sha256(text.encode()).hexdigest() for name, text in texts.items()},
                without_transaction=without_transaction,
                scripts_directory=f"{FILES}/scripts",
                program_directory=f"{FILES}/program",
                lock_timeout_seconds=lock_timeout_seconds,
            )
        )
        if not isinstance(program, MigrationProgram):
            raise WrongType(f"database: migration_program() must give a MigrationProgram, got {program!r}")
        contents = {f"scripts/{name}": text.encode() for name, text in texts.items()}
        contents |= {f"program/{path}": text.encode() for path, text in program.files.items()}
        files = config_map_volume(self, id, "files", contents)
        ready = program.ready
        ready.check_starts_before(self.workload.pod.spec, "database")
        times = (str(timeout_seconds), _ATTEMPT_SECONDS)
        words = [literal(ready.what), _WAIT, str(len(program.command)), *program.command, *ready.command]
        self.contribute(
            Contribution(
                init_containers=[
                    Container(
                        name=id,
                        image=self.default(ready.image if image is None else image),
                        command=["sh", "-c", SCRIPT, id, *times, *words],
                        env=[*variables_of(ready.env), *variables_of(env)],
                        resources=self.default(resources),
                        volume_mounts=[
                            VolumeMount(volume=files, mount_path=FILES, read_only=True),
                            *ready.mounts(name_beside(id, "keys")),
                        ],
                        # the image's own user may be root
                        security_context=self.security_context(security),
                        termination_message_policy="FallbackToLogsOnError",
                    )
                ],
                before=before,
                after=after,
            )
        )

"""Where a ``MigrationInPlace`` applies its scripts: any value that gives a ``MigrationProgram``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from patterns.errors import InvalidValue
from patterns.init_containers.dependency import Attempt
from patterns.model.frozen import NOTHING
from patterns.model.names import process_text
from patterns.model.paths import relative_path
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class MigrationPlace(Value):
    """What is to be applied, and where it lies.

    Args:
        container: name of the container, for messages.
        scripts: their text by name, in order of the names, which are letters, digits, ``-``, ``_`` and ``.``.
        sha256: of each script, as hexadecimal digits.
        without_transaction: those that are not to run in a transaction.
        scripts_directory: where they are files, absolute and read-only.
        program_directory: where the program's own files are, absolute and read-only.
        lock_timeout_seconds: whole seconds that one statement may wait for others.
    """

    container: str
    scripts: Mapping[str, str]
    sha256: Mapping[str, str]
    without_transaction: Sequence[str]
    scripts_directory: str
    program_directory: str
    lock_timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class MigrationProgram(Value):
    """What runs.

    Args:
        ready: how to ask whether the server is there; its image, variables and files are those of the command too.
        command: takes the lock, and applies what is not applied. It finds the whole seconds that it has in the variable
            ``MIGRATE_SECONDS``, succeeds with 0 when everything is applied, and says last what went wrong where it is
            not. The lock has to go with the process, however that ends.
        files: the program's own, by path below its directory; they stand in a ConfigMap.
    """

    ready: Attempt
    command: Sequence[str]
    files: Mapping[str, str] = NOTHING

    def __post_init__(self) -> None:
        if self.ready.api:
            raise InvalidValue("ready must not ask the API of Kubernetes; put a WaitFor before this container")
        if not self.command or isinstance(self.command, str):
            raise InvalidValue('command must be a list of words, such as ["psql", "--file", "main.sql"]')
        for word in self.command:
            process_text(word, "command")
        for path in self.files:
            relative_path(path, f"files[{path!r}]", reserved=True)


@runtime_checkable
class MigrationLock(Protocol):
    """A database that lets one of several replicas change it at a time.

    One of your own is a class with this one method::

        @dataclass(frozen=True)
        class OurDatabase:
            host: str

            def migration_program(self, place: MigrationPlace) -> MigrationProgram:
                image = "registry.example.com/our-migrate:2.1.0"
                ready = Attempt(what=f"our database at {self.host}", command=["our-ping", self.host], image=image)
                return MigrationProgram(ready=ready, command=["our-migrate", self.host, place.scripts_directory])
    """

    def migration_program(self, place: MigrationPlace) -> MigrationProgram:
        """What applies the scripts of that place."""
        ...

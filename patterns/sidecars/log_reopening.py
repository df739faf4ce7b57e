"""How an application comes to write to a new log file, when the old one was renamed or emptied."""

from __future__ import annotations

from typing import TypeAlias

from patterns.errors import InvalidValue
from patterns.model.paths import relative_path
from patterns.model.value import Value, dataclass
from patterns.sidecars.process_signal import HANDLED, Signal, check_process


@dataclass(frozen=True, kw_only=True)
class ReopenOnSignal(Value):
    """The file is renamed, and the application gets a signal at which it opens a new one: no line is lost.

    For that the pod's containers share one process namespace: each sees the processes of the others, and the
    application is not process 1 any more. It never gets a signal for which it has no handler, which would end it.
    https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/

    Args:
        process: its name, as ``/proc/<pid>/comm`` has it: at most 15 bytes, and ``python3`` or ``java`` for what these
            run. Of a process and its children of that name, the first gets the signal.
        pid_file: instead of ``process``, the file in which the application writes its process id: a path below
            ``logs``.
        signal: ``USR1`` for nginx, or ``HUP``, ``USR2``.

    Raises:
        InvalidValue: for both or none of ``process`` and ``pid_file``, or one that there cannot be.
    """

    process: str | None = None
    pid_file: str | None = None
    signal: Signal = "USR1"

    def __post_init__(self) -> None:
        if (self.process is None) == (self.pid_file is None):
            raise InvalidValue('one of process and pid_file must be given, such as process="nginx"')
        if self.process is not None:
            check_process(self.process)
        if self.pid_file is not None:
            relative_path(self.pid_file, "pid_file", reserved=True)


@dataclass(frozen=True, kw_only=True)
class ReopenByItself(Value):
    """The file is renamed, and the application sees that its name is free: no line is lost.

    That does, for example, Python's ``logging.handlers.WatchedFileHandler``. Another application writes on to the old
    file, which then grows.
    """


@dataclass(frozen=True, kw_only=True)
class CopyTruncate(Value):
    """The file is copied and emptied, for an application that can only write on: lines between the two are lost.

    The application has to open its log for appending, or the file is as large as before at its next line.
    https://github.com/logrotate/logrotate/blob/main/logrotate.8.in
    """


Reopening: TypeAlias = ReopenOnSignal | ReopenByItself | CopyTruncate


def script_arguments(by: Reopening) -> list[str]:
    """Who is told, by which name, with which signal, and how to see that it handles it: 5 to 8 of ``rotate.sh``."""
    if isinstance(by, CopyTruncate):
        return ["copy", "", "", ""]
    if isinstance(by, ReopenByItself):
        return ["nobody", "", "", ""]
    kind, name = ("process", by.process) if by.process is not None else ("pid-file", by.pid_file)
    return [kind, name or "", by.signal, HANDLED[by.signal]]

"""A signal for a process of another container, which the pod's one process namespace shows."""

from __future__ import annotations

from typing import Literal, TypeAlias

from patterns.errors import InvalidValue
from patterns.model import SecurityContext
from patterns.model.names import process_text
from patterns.pattern import Pattern
from patterns.pod.identity import NONROOT, identity_of

Signal: TypeAlias = Literal["HUP", "USR1", "USR2"]

#: patterns of SigCgt in /proc/<pid>/status, a bit mask in hexadecimal: bit 0 is HUP, 9 is USR1, 11 is USR2
#: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
HANDLED: dict[Signal, str] = {"HUP": "*[13579bdf]", "USR1": "*[2367abef]??", "USR2": "*[89abcdef]??"}
#: of a process' name in /proc/<pid>/comm: https://man7.org/linux/man-pages/man5/proc_pid_comm.5.html
_MOST_BYTES = 15


def check_process(process: str) -> None:
    """Raises: InvalidValue for what cannot be a process' name, with the one that was perhaps meant."""
    process_text(process, "process")
    if not process or "/" in process or len(process.encode()) > _MOST_BYTES:
        near = process.rsplit("/", 1)[-1].encode()[:_MOST_BYTES].decode(errors="ignore")
        raise InvalidValue(
            "process must be the name of a process, of 1 to 15 bytes and without a slash, as the kernel keeps "
            f"it, got {process!r}" + (f"; write {near!r}" if near else "")
        )


def check_same_user(pattern: Pattern, context: SecurityContext | None, beside: tuple[str, ...], what: str) -> None:
    """Refuse a container that would run as another user than the application, which it could not signal.

    https://man7.org/linux/man-pages/man2/kill.2.html

    Args:
        pattern: whose container it is.
        context: of the container.
        beside: the application containers that are meant; all where none is named.
        what: what it does to what is the application's, such as ``"signal"``.
    """
    application = pattern.workload.identity(beside).run_as_user
    own = identity_of(context, pattern.workload.pod.spec).run_as_user
    # a user that is given is known to who gives it
    if own == application and own is not None:
        return
    if application is None and context is not None and own != NONROOT:
        return
    runs = "is not known" if application is None else f"is {application}"
    raise InvalidValue(
        f"the application's user {runs}, and this sidecar would run as "
        f"{'that of its image' if own is None else own}, who may not {what} what is another user's; give "
        "both one user: security=Security(run_as_user=1000) of the workload"
    )

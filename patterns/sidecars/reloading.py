"""How an application comes to read its configuration again."""

from __future__ import annotations

from typing import Literal, TypeAlias

from patterns.errors import InvalidValue
from patterns.model import literal
from patterns.model.names import process_text
from patterns.model.urls import LOOPBACK, url_parts
from patterns.model.value import Value, dataclass
from patterns.pod.script import script_beside
from patterns.sidecars.process_signal import HANDLED, Signal, check_process

#: as a file that runs by itself; what it has to know are environment variables
SIGNAL_SCRIPT = "#!/bin/sh\n" + script_beside(__file__, "reload_signal.sh")
_HTTP_SCRIPT = script_beside(__file__, "reload_http.sh")


@dataclass(frozen=True, kw_only=True)
class ReloadByHttp(Value):
    """One request to the application when files have changed: ``http://127.0.0.1:9090/-/reload``.

    Args:
        url: on loopback, which the containers of a pod share.
        method: of the request.

    Raises:
        InvalidValue: for a URL that does not lead to the pod itself.
    """

    url: str
    method: Literal["GET", "POST"] = "POST"

    def __post_init__(self) -> None:
        process_text(self.url, "url")
        if not _is_on_loopback(self.url):
            raise InvalidValue(f"url must be on loopback, such as 'http://127.0.0.1:9090/-/reload', got {self.url!r}")


@dataclass(frozen=True, kw_only=True)
class ReloadBySignal(Value):
    """A signal to a process of the application when files have changed.

    For that the pod's containers share one process namespace: each sees the processes of the others, and the
    application is not process 1 any more. The sidecar runs as the application's user, because nobody else may signal
    it. A process without a handler for the signal, which would end it, never gets it. But Go's and Java's runtimes have
    handlers that end a program by which nothing else is asked for: there it has to be known that the application
    reloads at this signal.
    https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/

    Args:
        process: its name, as ``/proc/<pid>/comm`` has it: at most 15 bytes, and ``python3`` for what Python runs. Of a
            process and its children of that name, the first gets the signal.
        signal: ``HUP`` for nginx, HAProxy, PostgreSQL and Prometheus, or ``USR1``, ``USR2``.

    Raises:
        InvalidValue: for a name that no process can have.
    """

    process: str
    signal: Signal = "HUP"

    def __post_init__(self) -> None:
        check_process(self.process)


Reload: TypeAlias = ReloadByHttp | ReloadBySignal


def signal_env(reload: ReloadBySignal) -> dict[str, str]:
    """What ``SIGNAL_SCRIPT`` has to know."""
    return {
        "RELOAD_PROCESS": literal(reload.process),
        "RELOAD_SIGNAL": reload.signal,
        "RELOAD_HANDLED": HANDLED[reload.signal],
    }


def http_command(reload: ReloadByHttp) -> list[str]:
    """One request, by busybox's or GNU's ``wget``; it never fails, and says what went wrong."""
    return ["sh", "-c", _HTTP_SCRIPT, "reload", reload.method, reload.url]


def _is_on_loopback(url: str) -> bool:
    parts = url_parts(url)
    if parts is None or parts.scheme != "http" or parts.hostname not in LOOPBACK:
        return False
    return parts.port != 0 and parts.username is None

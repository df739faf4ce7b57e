"""What is done right after a container's start and before its stop.

https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
"""

from __future__ import annotations

import re
from typing import ClassVar

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue, plain
from patterns.model.handler import Exec, HttpGet, Sleep, TcpSocket
from patterns.model.json import JsonObject
from patterns.model.value import dataclass

_SIGNALS = frozenset(
    f"SIG{name}"
    for name in [
        "ABRT",
        "ALRM",
        "BUS",
        "CHLD",
        "CLD",
        "CONT",
        "FPE",
        "HUP",
        "ILL",
        "INT",
        "IO",
        "IOT",
        "KILL",
        "PIPE",
        "POLL",
        "PROF",
        "PWR",
        "QUIT",
        "SEGV",
        "STKFLT",
        "STOP",
        "SYS",
        "TERM",
        "TRAP",
        "TSTP",
        "TTIN",
        "TTOU",
        "URG",
        "USR1",
        "USR2",
        "VTALRM",
        "WINCH",
        "XCPU",
        "XFSZ",
        "RTMIN",
        "RTMAX",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Lifecycle(ApiValue):
    """Hooks of a container, and the signal that stops it.

    Args:
        post_start: runs beside the container's own process; the container counts as started when it has ended.
        pre_stop: runs before the stop signal; its time is part of the pod's grace period.
        stop_signal: instead of the image's, such as ``"SIGQUIT"``. Alpha since Kubernetes 1.33, behind
            ``ContainerStopSignals``: a cluster without the gate drops it in silence.
    """

    kubernetes: ClassVar[str] = "Lifecycle"
    post_start: Exec | HttpGet | Sleep | TcpSocket | None = None
    pre_stop: Exec | HttpGet | Sleep | TcpSocket | None = None
    stop_signal: str | None = None

    def __post_init__(self) -> None:
        signal = self.stop_signal
        if signal is None or signal in _SIGNALS or re.fullmatch(r"SIGRTM(?:IN\+|AX-)(?:[1-9]|1[0-5])", signal):
            return
        near = signal.upper() if signal.upper().startswith("SIG") else f"SIG{signal.upper()}"
        hint = f"; write {near!r}" if near in _SIGNALS else ""
        raise InvalidValue(f"stop_signal must be a signal such as 'SIGTERM', got {signal!r}{hint}")

    def render(self) -> JsonObject:
        """The hooks, each under the name of what it does."""
        result: JsonObject = {}
        if self.post_start is not None:
            result["postStart"] = {self.post_start.source_key: plain(self.post_start)}
        if self.pre_stop is not None:
            result["preStop"] = {self.pre_stop.source_key: plain(self.pre_stop)}
        if self.stop_signal is not None:
            result["stopSignal"] = self.stop_signal
        self.add_extra(result)
        return result

"""One process from its start to its end: wall, CPU and memory, those of its children included."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.02  # seconds between two looks at the memory
_PROC = Path("/proc")
_MIB = 1024  # KiB


class ProgramError(Exception):
    """The program ended with an error."""


@dataclass(frozen=True)
class Measurement:
    """What a process took.

    Args:
        wall: seconds.
        cpu: seconds, user and system.
        memory: MiB, the peaks of the process and of its children added; without /proc the largest process alone.
    """

    wall: float
    cpu: float
    memory: float


def measure(
    command: Sequence[str], *, environment: Mapping[str, str], directory: Path, timeout: float
) -> Measurement | None:
    """Run the command; None when it takes longer than ``timeout`` seconds.

    Raises:
        ProgramError: with what the program wrote, when its exit code is not 0.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own, to end jsii's Node with it
        )
        watch = _Watch(process.pid, start + timeout)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            # Ctrl-C does not reach a session of its own
            _end(process.pid)
            raise
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.finish()
        if watch.too_late:
            return None
        if process.returncode:
            said.seek(0)
            raise ProgramError(f"{' '.join(command)}\n{said.read().decode(errors='replace')}")
    # jsii waits for its Node, whose time is therefore in here; the kernel's own peak counts what this process had when
    # it forked, so it serves only where there is no /proc to look at
    return Measurement(wall, usage.ru_utime + usage.ru_stime, (watch.peak or usage.ru_maxrss) / _MIB)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


class _Watch(threading.Thread):
    """Looks at the memory of the process and its children, and ends them when it is time."""

    def __init__(self, pid: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._deadline = deadline
        self._over = threading.Event()
        self._peaks: dict[int, int] = {}
        self.too_late = False

    @property
    def peak(self) -> int:
        """KiB."""
        return sum(self._peaks.values())

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            self._look(self._pid)
            if time.perf_counter() > self._deadline and not self.too_late:
                self.too_late = True
                _end(self._pid)

    def finish(self) -> None:
        self._over.set()
        self.join()

    def _look(self, pid: int) -> None:
        try:
            for line in (_PROC / str(pid) / "status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self._peaks[pid] = int(line.split()[1])
            for children in (_PROC / str(pid) / "task").glob("*/children"):
                for child in children.read_text().split():
                    self._look(int(child))
        except OSError:
            return  # ended meanwhile, or a system without /proc

"""An application that logs as fast as it can, and opens its log anew at SIGUSR1; run as a program of its own.

    python log_writer.py FILE PID_FILE SECONDS PAUSE

Its lines are numbers; the last one it prints.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def main(file: str, pid_file: str, seconds: float, pause: float) -> None:
    stream = Path(file).open("a", buffering=1, encoding="ascii")  # noqa: SIM115 - opened anew below
    wanted = False

    def reopen(number: int, frame: object) -> None:
        nonlocal wanted
        wanted = True

    signal.signal(signal.SIGUSR1, reopen)
    Path(pid_file).write_text(f"{os.getpid()}\n", encoding="ascii")
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        if wanted:
            wanted = False
            stream.close()
            stream = Path(file).open("a", buffering=1, encoding="ascii")  # noqa: SIM115
        count += 1
        stream.write(f"{count}\n")
        time.sleep(pause)
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))

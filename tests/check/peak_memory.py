"""How much memory a run of the command took."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_CODE = """\
import resource, sys
from patterns.check.command import main
status = main(["check", sys.argv[1]])
if sys.platform == "linux":
    lines = open("/proc/self/status").read().splitlines()
    peak = int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(peak, file=sys.stderr)
sys.exit(status)
"""


def check_and_measure(file: Path) -> tuple[int, str, int]:
    """Exit status, output and peak in bytes.

    Linux hands ``ru_maxrss`` on to a child, so that of a program started by a large one is the large one's.
    """
    done = subprocess.run([sys.executable, "-c", _CODE, str(file)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, int(done.stderr)

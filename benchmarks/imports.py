"""How long an import takes, measured inside a fresh process, and whether it starts Node."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

STATEMENTS = (
    "import cdk8s",
    "import patterns; patterns.App",
    "import patterns",
    "from patterns.model import *",
    "import patterns.check.command",
    "import patterns.yaml",
)
_MEASURED = """\
import sys, time
start = time.perf_counter()
{statement}
print(time.perf_counter() - start, "jsii" in sys.modules)
"""


@dataclass(frozen=True)
class Import:
    """What an import takes.

    Args:
        milliseconds: the median.
        starts_node: whether jsii was imported, which cdk8s does and which starts Node.
    """

    milliseconds: float
    starts_node: bool


def import_times(*, environment: Mapping[str, str], directory: Path, repeats: int) -> dict[str, Import]:
    """Every statement in turn, so that a slow moment meets all of them; the first round is not counted."""
    times: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    node: dict[str, bool] = {}
    for at in range(repeats + 1):
        for statement in STATEMENTS:
            done = subprocess.run(
                [sys.executable, "-c", _MEASURED.format(statement=statement)],
                env=environment,
                cwd=directory,
                capture_output=True,
                text=True,
                check=True,
            )
            seconds, starts = done.stdout.split()
            node[statement] = starts == "True"
            if at:
                times[statement].append(float(seconds) * 1000)
    return {statement: Import(median(times[statement]), node[statement]) for statement in STATEMENTS}

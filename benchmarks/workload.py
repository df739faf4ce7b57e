"""What is built how many times, and the names of its objects, which every peer is given ready-made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from patterns.dns_label import dns_label

DOCUMENTS = 3  # a Deployment and two ConfigMaps
#: in the folder of the programs
HASHES = "hashes.json"


class Shape(Enum):
    """How the workloads are spread over charts."""

    CHARTS = "charts"
    ONE = "one"

    @property
    def title(self) -> str:
        """In words."""
        return "one chart per workload" if self is Shape.CHARTS else "all workloads in one chart"


def places(shape: Shape, count: int) -> list[tuple[str, str]]:
    """The chart and the id of every workload."""
    if shape is Shape.CHARTS:
        return [(f"shop-{at}", "web") for at in range(count)]
    return [("shop", f"web-{at}") for at in range(count)]


def write_names(file: Path, shape: Shape, count: int, hashes: Path) -> None:
    """Chart, id and names of all workloads, for the programs to read.

    Args:
        file: where to.
        shape: how they are spread.
        count: how many.
        hashes: the file with the hashes of what the two ConfigMaps hold, which is the same for all workloads.
    """
    known: list[str] = json.loads(hashes.read_text(encoding="utf-8"))
    rows = [[chart, place, *_names_of(chart, place, *known)] for chart, place in places(shape, count)]
    file.write_text(json.dumps(rows), encoding="utf-8")


def _names_of(chart: str, id: str, files: str, config: str) -> tuple[str, str, str]:
    """The names of the Deployment and its two ConfigMaps, as this library makes them from the place in the tree."""
    below = _name(chart, id, "seed-pages", "files"), _name(chart, id, "log-shipper", "config")
    return _name(chart, id), f"{below[0]}-{files}", f"{below[1]}-{config}"


def _name(*ids: str) -> str:
    path: Sequence[str] = ids
    return dns_label("/".join(path), ids=["", *path])

"""What was measured, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.imports import Import
from benchmarks.measure import Measurement
from benchmarks.workload import DOCUMENTS, Shape

OURS = "ours"


@dataclass(frozen=True)
class Result:
    """One peer at one size.

    Args:
        runs: all that ended; the medians are taken of them.
        limit: the seconds that a run was given and did not keep; None where all ended.
        tried: False where it was left out, since a smaller size already took too long.
    """

    shape: Shape
    count: int
    peer: str
    runs: Sequence[Measurement]
    limit: float | None = None
    tried: bool = True

    @property
    def wall(self) -> float | None:
        """Seconds; None where it took too long."""
        return median(run.wall for run in self.runs) if self.runs and self.limit is None else None

    @property
    def cpu(self) -> float | None:
        """Seconds; None where it took too long."""
        return median(run.cpu for run in self.runs) if self.runs and self.limit is None else None

    @property
    def memory(self) -> float | None:
        """MiB; None where it took too long."""
        return median(run.memory for run in self.runs) if self.runs and self.limit is None else None


@dataclass(frozen=True)
class Messages:
    """Messages to Node.

    Args:
        per_workload: for one workload more, with its chart where it has one of its own.
        per_app: the rest, loading the packages included.
    """

    per_workload: float
    per_app: float


@dataclass(frozen=True)
class Results:
    """Everything of one run of the benchmarks."""

    machine: str
    results: Sequence[Result]
    messages: dict[tuple[Shape, str], Messages]
    imports: dict[str, Import]

    def at(self, shape: Shape, count: int, peer: str) -> Result | None:
        """The result, where it is among the sizes and peers of this run."""
        found = [one for one in self.results if (one.shape, one.count, one.peer) == (shape, count, peer)]
        return found[0] if found else None

    def sizes(self, shape: Shape) -> list[int]:
        """Rising."""
        return sorted({one.count for one in self.results if one.shape is shape})

    def peers(self) -> list[str]:
        """In the order in which they ran."""
        return list(dict.fromkeys(one.peer for one in self.results))

    def ratio(self, shape: Shape, count: int, peer: str) -> float | None:
        """The peer's wall time, where ours is 1."""
        ours, other = self.at(shape, count, OURS), self.at(shape, count, peer)
        if ours is None or other is None or ours.wall is None or other.wall is None:
            return None
        return other.wall / ours.wall

    def cpu_ratio(self, shape: Shape, count: int, peer: str) -> float | None:
        """The peer's CPU time, where ours is 1."""
        ours, other = self.at(shape, count, OURS), self.at(shape, count, peer)
        if ours is None or other is None or ours.cpu is None or other.cpu is None:
            return None
        return other.cpu / ours.cpu

    def at_least(self, shape: Shape, count: int, peer: str) -> float | None:
        """The ratio that a peer exceeds which did not end in time."""
        ours, other = self.at(shape, count, OURS), self.at(shape, count, peer)
        if ours is None or ours.wall is None or other is None or other.limit is None or not other.tried:
            return None
        return other.limit / ours.wall

    def per_workload(self, shape: Shape, count: int, peer: str) -> float | None:
        """Milliseconds of wall time for one workload, without what the smallest size takes to start."""
        sizes = self.sizes(shape)
        first = self.at(shape, sizes[0], peer) if sizes else None
        this = self.at(shape, count, peer)
        if first is None or this is None or first.wall is None or this.wall is None or count == first.count:
            return None
        return (this.wall - first.wall) / (count - first.count) * 1000

    def per_document(self, shape: Shape, peer: str) -> float | None:
        """KiB of peak memory for one document more, between the smallest and the largest size that ended."""
        ended = [one for count in self.sizes(shape) if (one := self.at(shape, count, peer)) and one.memory is not None]
        if len(ended) < 2 or ended[0].memory is None or ended[-1].memory is None:
            return None
        documents = (ended[-1].count - ended[0].count) * DOCUMENTS
        return (ended[-1].memory - ended[0].memory) * 1024 / documents

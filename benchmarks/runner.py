"""Prepare, check that all give equal documents, and measure."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.compare import differences
from benchmarks.javascript import node
from benchmarks.measure import Measurement, ProgramError, measure
from benchmarks.peers import PEERS
from benchmarks.results import OURS, Messages, Result
from benchmarks.workload import HASHES, Shape, write_names

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "benchmarks"
_CHECKED = 2  # workloads
_COUNTED = (5, 15)  # workloads, whose difference is what one workload takes


class Runner:
    """Runs the programs of the peers.

    Args:
        cache: folder for the programs and for cdk8s' JavaScript.
        folder: for what the programs read and write; of this run alone, since two may run at once.
        timeout: seconds for each process.
        repeats: runs of each program; None chooses by size.
        progress: is told what runs now.
    """

    def __init__(
        self, *, cache: Path, folder: Path, timeout: float, repeats: int | None, progress: Callable[[str], None]
    ) -> None:
        self._cache = cache.resolve()
        self._folder = folder.resolve()
        self._timeout = timeout
        self._repeats = repeats
        self._progress = progress
        self._measured = 0
        self.environment = _environment()

    def prepare(self) -> None:
        """Write the generated programs.

        Raises:
            ProgramError: with what went wrong.
        """
        self._progress("writing the programs")
        for made in (self._cache, self._folder):
            made.mkdir(parents=True, exist_ok=True)
        self._run([sys.executable, "-m", "benchmarks.programs", str(self._cache)])

    def differences(self, peers: Sequence[str]) -> list[str]:
        """Where a peer gives other documents than this library, in both shapes."""
        found: list[str] = []
        for shape in Shape:
            expected = self._written(OURS, shape)
            for peer in peers:
                if peer != OURS:
                    self._progress(f"comparing the documents of {peer}, {shape.title}")
                    actual = self._written(peer, shape)
                    found += [f"{peer}: {line}" for line in differences(expected, actual)]
        return found

    def messages(self, peers: Sequence[str]) -> dict[tuple[Shape, str], Messages]:
        """How many messages each Python peer sends to Node."""
        found: dict[tuple[Shape, str], Messages] = {}
        for shape in Shape:
            for peer in peers:
                if PEERS[peer].python:
                    self._progress(f"counting the messages of {peer}, {shape.title}")
                    few, many = (self._count(peer, shape, count) for count in _COUNTED)
                    each = (many - few) / (_COUNTED[1] - _COUNTED[0])
                    found[shape, peer] = Messages(each, few - each * _COUNTED[0])
        return found

    def measure(self, shapes: Sequence[Shape], sizes: Sequence[int], peers: Sequence[str]) -> Iterator[Result]:
        """Every peer at every size; a peer that took too long is not asked for more.

        Raises:
            ProgramError: where a program fails; what came before stands.
        """
        for shape in shapes:
            late: set[str] = set()
            for count in sorted(sizes):
                measured = self._at_size(shape, count, [peer for peer in peers if peer not in late])
                for peer in peers:
                    result = measured.get(peer) or Result(shape, count, peer, [], self._timeout, tried=False)
                    yield result
                    if result.limit is not None:
                        late.add(peer)

    def _at_size(self, shape: Shape, count: int, peers: Sequence[str]) -> dict[str, Result]:
        names = self._names(shape, count)
        runs: dict[str, list[Measurement]] = {peer: [] for peer in peers}
        late: set[str] = set()
        for repeat in range(max(self._runs_of(peer, count) for peer in peers) if peers else 0):
            # in turn, so that a slow moment of the machine meets all of them
            for peer in peers:
                if peer in late or repeat >= self._runs_of(peer, count):
                    continue
                self._progress(f"{peer}, {count:,} workloads, {shape.title}, run {repeat + 1}")
                run = self._once(peer, names)
                if run is None:
                    late.add(peer)
                else:
                    runs[peer].append(run)
        return {peer: Result(shape, count, peer, runs[peer], self._timeout if peer in late else None) for peer in peers}

    def _runs_of(self, peer: str, count: int) -> int:
        if self._repeats is not None:
            return self._repeats
        if count <= 100:
            return 5
        return 3 if count <= 1000 or peer == OURS else 1

    def _once(self, peer: str, names: Path) -> Measurement | None:
        # left where it is until the end: a file system looks long for room where thousands of files have just gone
        self._measured += 1
        folder = self._empty(f"measured-{self._measured}")
        command = [*PEERS[peer].command(self._cache), str(names), str(folder)]
        return measure(command, environment=self.environment, directory=ROOT, timeout=self._timeout)

    def _written(self, peer: str, shape: Shape) -> Path:
        folder = self._empty(f"compared-{shape.value}-{peer}")
        self._run([*PEERS[peer].command(self._cache), str(self._names(shape, _CHECKED)), str(folder)])
        return folder

    def _count(self, peer: str, shape: Shape, count: int) -> int:
        program = PEERS[peer].command(self._cache)[1:]  # without the interpreter
        command = [sys.executable, "-m", "benchmarks.count_messages", *program]
        said = self._run([*command, str(self._names(shape, count)), str(self._empty("counted"))])
        return int(said.split()[-1])

    def _names(self, shape: Shape, count: int) -> Path:
        file = self._folder / f"names-{shape.value}-{count}.json"
        write_names(file, shape, count, self._cache / HASHES)
        return file

    def _empty(self, name: str) -> Path:
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder

    def _run(self, command: Sequence[str]) -> str:
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=self._timeout, check=False
        )
        if done.returncode:
            raise ProgramError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout


def machine() -> str:
    """What the figures depend on, in one line."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    engine = subprocess.run([str(node()), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("cdk8s", "cdk8s-plus-34", "jsii"))
    return f"{os.cpu_count()} CPUs{load}; Python {platform.python_version()}, Node {engine}, {packages}"


def _environment() -> Mapping[str, str]:
    # the same Node for all, nothing that makes cdk8s or jsii do more or other work, compiled once as installed code is
    others = ("CDK8S_", "JSII_", "NODE_OPTIONS", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(others)}
    return {**kept, "JSII_NODE": str(node())}

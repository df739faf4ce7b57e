"""``python -m benchmarks``: measure this library and its peers, and print one report."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.imports import import_times
from benchmarks.measure import ProgramError
from benchmarks.peers import PEERS
from benchmarks.results import OURS, Result, Results
from benchmarks.runner import CACHE, ROOT, Runner, machine
from benchmarks.workload import Shape


def main(arguments: Sequence[str]) -> int:
    """Run it; 1 where a program fails or gives other documents. A figure that is missed is reported, and no error."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.cache, prefix="run-") as folder:
        return _run(options, Path(folder))


def _run(options: argparse.Namespace, folder: Path) -> int:
    runner = Runner(
        cache=options.cache,
        folder=folder,
        timeout=options.timeout,
        repeats=options.repeats,
        progress=_progress,
    )
    measured: list[Result] = []
    try:
        runner.prepare()
        wrong = runner.differences(options.peers)
        if wrong:
            print("Not the same documents:", *wrong, sep="\n", file=sys.stderr)
            return 1
        start = machine()
        results = Results(
            machine=start,
            messages=runner.messages(options.peers),
            imports=import_times(environment=runner.environment, directory=ROOT, repeats=options.import_repeats)
            if options.import_repeats
            else {},
            results=measured,
        )
    except ProgramError as error:
        print(error, file=sys.stderr)
        return 1
    failed = False
    try:
        for result in runner.measure(options.shapes, options.sizes, options.peers):
            measured.append(result)
    except (ProgramError, KeyboardInterrupt) as error:
        # what was measured until then took minutes, and is reported
        print(f"stopped: {str(error) or 'by Ctrl-C'}", file=sys.stderr)
        failed = True
    _progress("")
    if options.json:
        options.json.write_text(report.as_json(results), encoding="utf-8")
    print(report.text(results))
    return 1 if failed else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=[10, 100, 1000, 5000], metavar="N,N", help="workloads")
    parser.add_argument("--peers", type=_peers, default=list(PEERS), metavar="NAME,NAME", help=", ".join(PEERS))
    parser.add_argument("--shapes", type=_shapes, default=list(Shape), metavar="charts,one", help="charts, one")
    parser.add_argument("--repeats", type=int, help="runs of each program; by default 5 to 1, fewer for large sizes")
    parser.add_argument("--import-repeats", type=int, default=7, help="runs of each import; 0 leaves them out")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds for each process")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements there too")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder for programs and JavaScript")
    return parser.parse_args(arguments)


def _sizes(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


def _peers(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in PEERS:
            raise argparse.ArgumentTypeError(f"no peer {name!r}; there are {', '.join(PEERS)}")
    # everything is compared with ours
    return [OURS, *(name for name in names if name != OURS)]


def _shapes(text: str) -> list[Shape]:
    return [Shape(name) for name in text.split(",")]


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

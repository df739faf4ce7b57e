"""The results as text to read, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from benchmarks.peers import PEERS
from benchmarks.results import OURS, Results
from benchmarks.workload import Shape

_LEFT = 22  # characters of the first column
_RIGHT = 10


def text(results: Results) -> str:
    """Everything, in tables."""
    lines = [results.machine]
    for shape in Shape:
        if results.sizes(shape):
            lines += ["", *_times(results, shape), "", *_rates(results, shape)]
    if results.imports:
        lines += ["", *_imports(results)]
    wanted = list(_wanted(results))
    if wanted:
        lines += ["", "Wanted", *wanted]
    return "\n".join(lines)


def as_json(results: Results) -> str:
    """All measurements, for a program to read."""
    return json.dumps(
        {
            "machine": results.machine,
            "results": [
                {
                    "shape": one.shape.value,
                    "workloads": one.count,
                    "peer": one.peer,
                    "wall_seconds": [run.wall for run in one.runs],
                    "cpu_seconds": [run.cpu for run in one.runs],
                    "peak_mib": [run.memory for run in one.runs],
                    "over_seconds": one.limit,
                    "tried": one.tried,
                }
                for one in results.results
            ],
            "messages": [
                {"shape": shape.value, "peer": peer, "per_workload": one.per_workload, "per_app": one.per_app}
                for (shape, peer), one in results.messages.items()
            ],
            "imports": [
                {"statement": statement, "milliseconds": one.milliseconds, "starts_node": one.starts_node}
                for statement, one in results.imports.items()
            ],
        },
        indent=2,
    )


def _row(first: str, cells: Sequence[str]) -> str:
    return first.ljust(_LEFT) + "".join(cell.rjust(_RIGHT) for cell in cells)


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _times(results: Results, shape: Shape) -> Iterator[str]:
    yield f"The shop, {shape.title}; whole processes, medians; ratios to ours"
    yield _row("", ["workloads", "wall s", "CPU s", "peak MiB", "wall x", "CPU x"])
    for count in results.sizes(shape):
        for peer in results.peers():
            one = results.at(shape, count, peer)
            if one is None:
                continue
            if one.wall is not None:
                cells = [
                    _number(one.wall, 2),
                    _number(one.cpu, 2),
                    _number(one.memory, 0),
                    _number(results.ratio(shape, count, peer), 2),
                    _number(results.cpu_ratio(shape, count, peer), 2),
                ]
            elif one.tried:
                least = results.at_least(shape, count, peer)
                cells = [f"over {_number(one.limit, 0)}", "", "", "" if least is None else f"> {least:,.1f}", ""]
            else:
                cells = ["not run", "", "", "", ""]
            yield _row(PEERS[peer].title, [f"{count:,}", *cells])


def _rates(results: Results, shape: Shape) -> Iterator[str]:
    sizes = results.sizes(shape)
    yield "For one workload more: ms of wall time up to each size, messages to Node; KiB of memory for a document more"
    yield _row("", [*(f"at {count:,}" for count in sizes[1:]), "messages", "per app", "KiB"])
    for peer in results.peers():
        messages = results.messages.get((shape, peer))
        yield _row(
            PEERS[peer].title,
            [
                *(_number(results.per_workload(shape, count, peer), 2) for count in sizes[1:]),
                _number(messages.per_workload if messages else None),
                _number(messages.per_app if messages else None, 0),
                _number(results.per_document(shape, peer)),
            ],
        )


def _imports(results: Results) -> Iterator[str]:
    yield "Imports, in a fresh process"
    for statement, one in results.imports.items():
        yield f"{statement:<32}{one.milliseconds:>8,.0f} ms{'  starts Node' if one.starts_node else ''}"


def _wanted(results: Results) -> Iterator[str]:
    for count, peer, factor in ((1000, "l1-python", 2.5), (5000, "raw-node", 4.0), (5000, "l1-node", 4.0)):
        reached = results.ratio(Shape.CHARTS, count, peer)
        least = results.at_least(Shape.CHARTS, count, peer)
        what = f"{count:,} charts, times faster than {PEERS[peer].title}: at least {factor}"
        if reached is not None:
            yield _verdict(what, f"{reached:.1f}", reached >= factor)
        elif least is not None:
            # it was ended before it was done, so that more is known only where this is enough
            yield _verdict(what, f"more than {least:.1f}", least >= factor)
    for shape in Shape:
        small, large = (results.per_workload(shape, count, OURS) for count in (1000, 5000))
        if small is not None and large is not None:
            change = (large / small - 1) * 100
            what = f"ms for a workload at 5,000 against 1,000, {shape.title}: within 20 %"
            yield _verdict(what, f"{change:+.0f} %", abs(change) <= 20)
    if results.imports:
        cdk8s = results.imports["import cdk8s"].milliseconds
        more = results.imports["import patterns; patterns.App"].milliseconds - cdk8s
        yield _verdict("import of patterns.App, ms more than of cdk8s: at most 60", f"{more:.0f}", more <= 60)
        for statement in ("from patterns.model import *", "import patterns.check.command", "import patterns.yaml"):
            one = results.imports[statement]
            good = one.milliseconds < 100 and not one.starts_node
            yield _verdict(f"{statement}, ms: under 100, without Node", f"{one.milliseconds:.0f}", good)


def _verdict(what: str, value: str, good: bool) -> str:
    return f"{'ok    ' if good else 'missed'}  {what}: {value}"

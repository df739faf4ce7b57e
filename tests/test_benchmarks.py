"""That the benchmarks compare what is equal, and print their report; how long anything takes is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.compare import differences
from benchmarks.measure import Measurement, ProgramError, measure
from benchmarks.peers import PEERS
from benchmarks.report import text
from benchmarks.results import Result, Results
from benchmarks.runner import ROOT, Runner
from benchmarks.workload import Shape


@pytest.mark.slow
def test_all_peers_give_equal_documents(tmp_path: Path) -> None:
    runner = Runner(cache=tmp_path, folder=tmp_path / "run", timeout=120, repeats=1, progress=lambda _: None)
    runner.prepare()
    assert runner.differences(list(PEERS)) == []
    written = sorted(file.name for file in (tmp_path / "run" / "compared-charts-ours").glob("*.yaml"))
    assert written == ["shop-0.k8s.yaml", "shop-1.k8s.yaml"]


@pytest.mark.slow
def test_the_report_has_a_row_for_each_peer_and_size(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks", "--sizes", "1,2", "--repeats", "1", "--import-repeats", "1"),
            *("--peers", "raw-node", "--cache", str(tmp_path), "--json", str(tmp_path / "all.json")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for shape in Shape:
        assert f"The shop, {shape.title}" in done.stdout
    rows = [line.split()[-6] for line in done.stdout.splitlines() if line.startswith("ApiObject, JavaScript")]
    assert [row for row in rows if row in ("1", "2")] == ["1", "2", "1", "2"]
    assert "from patterns.model import *" in done.stdout
    assert len(json.loads((tmp_path / "all.json").read_text())["results"]) == 8


def test_a_process_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert measure(command, environment={}, directory=tmp_path, timeout=0.1) is None


def test_memory_and_time_of_children_are_counted(tmp_path: Path) -> None:
    work = "import time; held = bytearray(b'x') * (64 << 20)\nwhile time.process_time() < 0.5: pass\ntime.sleep(0.2)"
    alone = measure([sys.executable, "-c", work], environment={}, directory=tmp_path, timeout=60)
    parent = (
        f"import subprocess, sys; held = bytearray(b'x') * (64 << 20); subprocess.run([sys.executable, '-c', {work!r}])"
    )
    both = measure([sys.executable, "-c", parent], environment={}, directory=tmp_path, timeout=60)
    assert alone is not None
    assert both is not None
    assert both.memory > alone.memory + 60 if Path("/proc/self/status").exists() else both.memory >= 64
    assert both.cpu >= 0.5


def test_a_program_that_fails_is_reported_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="no such shop"):
        measure(
            [sys.executable, "-c", "raise SystemExit('no such shop')"], environment={}, directory=tmp_path, timeout=60
        )


def test_documents_that_differ_are_named(tmp_path: Path) -> None:
    for folder, content in (("one", "a: 1\nb: {c: [x]}\n"), ("other", "b: {c: [y]}\na: true\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shop.yaml").write_text(content)
    assert differences(tmp_path / "one", tmp_path / "other") == [
        "/shop.yaml/0/a: 1 expected, got True",
        "/shop.yaml/0/b/c/0: 'x' expected, got 'y'",
    ]
    assert differences(tmp_path / "one", tmp_path / "one") == []


def measured(shape: Shape, count: int, peer: str, *walls: float, limit: float | None = None) -> Result:
    return Result(shape, count, peer, [Measurement(wall, wall, 100 + count / 10) for wall in walls], limit)


def test_what_was_not_measured_is_left_out_of_the_report() -> None:
    for shapes in ([], [Shape.CHARTS], [Shape.ONE], list(Shape)):
        for sizes in ([], [10], [1000, 5000]):
            results = [measured(shape, count, "ours", 1.0) for shape in shapes for count in sizes]
            said = text(Results(machine="here", results=results, messages={}, imports={}))
            assert [shape for shape in Shape if shape.title in said] == (shapes if sizes else [])


def test_the_report_tells_what_was_reached_and_what_was_missed() -> None:
    results = [
        *(measured(Shape.CHARTS, count, "ours", wall) for count, wall in ((10, 1.0), (1000, 2.0), (5000, 6.0))),
        *(measured(Shape.CHARTS, count, "raw-node", wall) for count, wall in ((10, 0.1), (1000, 3.0), (5000, 30.0))),
        measured(Shape.CHARTS, 10, "l1-python", 1.0),
        measured(Shape.CHARTS, 1000, "l1-python", 4.0, 8.0, 4.5),
        measured(Shape.CHARTS, 5000, "l1-python", limit=20.0),
        measured(Shape.CHARTS, 5000, "l1-node", limit=20.0),
    ]
    said = text(Results(machine="here", results=results, messages={}, imports={}))
    assert "missed  1,000 charts, times faster than L1 objects, Python: at least 2.5: 2.2" in said
    assert "ok      5,000 charts, times faster than ApiObject, JavaScript: at least 4.0: 5.0" in said
    assert "missed  5,000 charts, times faster than L1 objects, JavaScript: at least 4.0: more than 3.3" in said
    assert "ok      ms for a workload at 5,000 against 1,000, one chart per workload: within 20 %: -1 %" in said
    assert "L1 objects, Python         5,000   over 20" in said

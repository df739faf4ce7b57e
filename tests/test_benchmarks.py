"""That the benchmarks compare what is equal, and print their report; how long anything takes is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.compare import differences
from benchmarks.measure import ProgramError, measure
from benchmarks.peers import PEERS
from benchmarks.results import Results
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
    assert "import patterns.model" in done.stdout
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
    for folder, text in (("one", "a: 1\nb: {c: [x]}\n"), ("other", "b: {c: [y]}\na: true\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shop.yaml").write_text(text)
    assert differences(tmp_path / "one", tmp_path / "other") == [
        "/shop.yaml/0/a: 1 expected, got True",
        "/shop.yaml/0/b/c/0: 'x' expected, got 'y'",
    ]
    assert differences(tmp_path / "one", tmp_path / "one") == []


def test_sizes_that_were_not_measured_give_no_ratio() -> None:
    empty = Results(machine="", results=[], messages={}, imports={})
    assert empty.ratio(Shape.CHARTS, 10, "raw-node") is None
    assert empty.at_least(Shape.CHARTS, 10, "raw-node") is None

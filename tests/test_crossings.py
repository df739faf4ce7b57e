"""How many messages go to Node: none before somebody asks it, then one for each construct, a handful for the app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patterns import App, Chart, Construct, Manifest

import cdk8s  # isort: skip  # after patterns, which finds Node
import jsii  # isort: skip


class Observed:
    """Counts what passes to Node, and changes nothing of it."""

    def __init__(self, send: Callable[..., Any]) -> None:
        self._send = send
        self.count = 0

    def send(self, *arguments: Any) -> Any:
        self.count += 1
        return self._send(*arguments)

    def during(self, action: Callable[[], object]) -> int:
        before = self.count
        action()
        return self.count - before


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Observed:
    process: Any = jsii.kernel.provider._process  # type: ignore[attr-defined]  # the provider is a ProcessProvider
    observed = Observed(process.send)
    monkeypatch.setattr(process, "send", observed.send)
    return observed


def three_manifests(chart: Chart) -> list[Manifest]:
    return [
        Manifest(chart, id, api_version="v1", kind="ConfigMap", body={"data": {"a": "b"}}, labels={"x": "y"})
        for id in ("a", "b", "c")
    ]


def test_an_app_of_ours_alone_sends_no_message(wire: Observed, tmp_path: Path) -> None:
    def write() -> None:
        app = App(outdir=str(tmp_path))
        three_manifests(Chart(app, "shop", namespace="there"))
        app.synth()

    assert wire.during(write) == 0
    assert list(tmp_path.glob("*.yaml"))


def test_each_construct_is_one_message_when_node_was_asked(wire: Observed) -> None:
    app = App()
    assert app.node.children == []
    assert wire.during(lambda: Chart(app, "shop", namespace="there", labels={"a": "b"})) == 1
    chart = Chart(app, "second")
    assert wire.during(lambda: Construct(chart, "bundle")) == 1
    assert wire.during(lambda: three_manifests(chart)) == 3


def test_what_python_knows_is_no_message(wire: Observed) -> None:
    chart = Chart(App(), "shop", namespace="there")
    [made, *_] = three_manifests(chart)

    def ask() -> None:
        assert (chart.namespace, chart.labels) == ("there", {})
        assert (made.name, made.kind, made.api_version, made.chart) == (made.name, "ConfigMap", "v1", chart)
        assert (made.namespace, made.labels) == ("there", {"x": "y"})
        made.add_labels({"late": "1"})
        assert made.to_json()["data"] == {"a": "b"}

    assert wire.during(ask) == 0


def test_metadata_is_read_once_somebody_has_asked_for_it(wire: Observed) -> None:
    [made, *_] = three_manifests(Chart(App(), "shop"))
    made.metadata.add_label("a", "b")
    assert wire.during(made.to_json) == 1


def test_somebody_elses_chart_is_asked_once_and_for_each_name(wire: Observed) -> None:
    chart = cdk8s.Chart(App(), "shop")
    Manifest(chart, "first", api_version="v1", kind="ConfigMap")
    assert wire.during(lambda: Manifest(chart, "second", api_version="v1", kind="ConfigMap")) == 2


@pytest.mark.parametrize("output", list(cdk8s.YamlOutputType))
def test_an_app_of_any_size_is_synthesized_with_the_same_questions(
    wire: Observed, tmp_path: Path, output: cdk8s.YamlOutputType
) -> None:
    counts = []
    for size in (1, 2, 30):
        app = App(outdir=str(tmp_path / str(size)), yaml_output_type=output)
        for at in range(size):
            three_manifests(Chart(app, f"chart{at}"))
        assert len(app.node.children) == size
        counts.append((wire.during(app.synth), wire.during(app.synth_yaml)))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= (13, 13)


def test_each_foreign_object_is_one_question_more(wire: Observed, tmp_path: Path) -> None:
    counts = []
    for size in (1, 11):
        app = App(outdir=str(tmp_path / str(size)))
        chart = Chart(app, "shop")
        for at in range(size):
            cdk8s.ApiObject(chart, f"thing{at}", api_version="example.com/v1", kind="Thing")
        counts.append(wire.during(app.synth))
    assert counts[1] - counts[0] == 10

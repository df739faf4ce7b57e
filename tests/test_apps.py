"""The charts in apps/: what they become is committed, and the tutorial's pods come out as printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.__main__ import build, main
from patterns import App, JsonObject
from patterns.yaml import read_yaml

ROOT = Path(__file__).parents[1]
#: the tutorial's YAML as it was printed
TUTORIAL = ROOT / "tests" / "data" / "tutorial"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path / "out"))
    build().synth()
    return tmp_path / "out"


def test_dist_is_what_the_apps_give(written: Path) -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "dist").glob("*.yaml")}
    fresh = {path.name: path.read_text(encoding="utf-8") for path in written.glob("*.yaml")}
    assert fresh == committed, "run `make synth` and commit dist/"


@pytest.mark.parametrize("name", ["sidecar-example", "init-container-example"])
def test_the_tutorial_s_pod_comes_out_as_printed(name: str, written: Path) -> None:
    printed: JsonObject = read_yaml((TUTORIAL / f"{name}.yaml").read_text(encoding="utf-8"))[0]  # type: ignore[assignment]
    documents = read_yaml((written / "tutorial.k8s.yaml").read_text(encoding="utf-8"))
    assert [d for d in documents if isinstance(d, dict) and d["metadata"]["name"] == name] == [printed]  # type: ignore[index, call-overload]


def test_the_command_tells_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path))
    assert main() == 0
    assert capsys.readouterr().out.splitlines() == sorted(str(path) for path in tmp_path.glob("*.yaml"))


def test_a_mistake_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from patterns import Chart, Container, Deployment, Sidecar

    def broken() -> App:
        app = App(outdir=str(tmp_path / "out"))
        web = Deployment(Chart(app, "c"), "web", containers=[Container(name="app", image="app:1")])
        Sidecar(web, "proxy", container=Container(name="proxy", image="p:1"), before=["nobody"])
        return app

    monkeypatch.setattr("apps.__main__.build", broken)
    assert main() == 2
    assert "Sidecar 'c/web/proxy' is ordered against 'nobody'" in capsys.readouterr().err
    assert list(tmp_path.glob("out/*")) == []

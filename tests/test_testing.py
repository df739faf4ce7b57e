"""What the library gives to the tests of its users."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from patterns import App, Chart, Container, Deployment, NotFound, Sidecar
from patterns.testing import assert_start_order, container_of, find, pod_spec_of, synth


def chart() -> Chart:
    c = Chart(App(), "c", disable_resource_name_hashes=True)
    web = Deployment(c, "web", containers=[Container(name="app", image="app:1")])
    Sidecar(web, "proxy", container=Container(name="proxy", image="p:1"))
    return c


def test_documents_are_found_by_kind_and_name() -> None:
    documents = synth(chart())
    assert find(documents, "Deployment") is find(documents, "Deployment", "c-web")
    with pytest.raises(NotFound) as raised:
        find(documents, "Service")
    assert str(raised.value) == "find: Service is there 0 times, and one was looked for; there is Deployment 'c-web'"


def test_a_container_is_found_wherever_it_stands() -> None:
    document = synth(chart())[0]
    assert container_of(document, "proxy")["image"] == "p:1"
    assert pod_spec_of(document)["containers"]
    with pytest.raises(NotFound, match="the pod has no container 'x'; it has proxy, app"):
        container_of(document, "x")


def test_the_start_order_is_compared_as_a_whole() -> None:
    document = synth(chart())[0]
    assert_start_order(document, "proxy*", "app")
    with pytest.raises(AssertionError, match=r"the pod starts proxy\*, app; expected app"):
        assert_start_order(document, "app")


@pytest.mark.slow
def test_the_plugin_collects_nothing_and_takes_snapshots_as_yaml_files(tmp_path: Path) -> None:
    (tmp_path / "test_shop.py").write_text(
        "from patterns import *\n"
        "from patterns.testing import *\n"
        "from patterns.testing import synth\n\n"
        "def test_the_shop(yaml_snapshot):\n"
        "    chart = Chart(App(), 'c')\n"
        "    Deployment(chart, 'web', name='web', containers=[Container(name='app', image='app:1')])\n"
        "    assert synth(chart) == yaml_snapshot\n"
    )

    def run(*options: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path), *options]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    assert "1 failed" in run()
    assert "1 passed" in run("--snapshot-update")
    assert "1 passed" in run()
    snapshot = tmp_path / "__snapshots__" / "test_shop" / "test_the_shop.yaml"
    assert snapshot.read_text().startswith("apiVersion: apps/v1\nkind: Deployment\n")

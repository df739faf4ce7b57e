"""The same chart under every root gives equal documents, for every kind of object that a pattern may be placed on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from workloads.foreign_kinds import KINDS, Built, Shop

from patterns import App

import cdk8s  # isort: skip  # after patterns, which finds Node


def texts(app: cdk8s.App) -> list[Any]:
    return list(yaml.load_all(app.synth_yaml(), yaml.CSafeLoader))


@pytest.mark.parametrize("build", KINDS, ids=lambda build: build.__name__)
def test_every_root_gives_the_same_documents(build: Callable[[cdk8s.Chart], Built], tmp_path: Path) -> None:
    ours = App(outdir=str(tmp_path / "ours"))
    Shop(ours, "shop", build)
    wanted = texts(ours)
    assert json.dumps(wanted).count('"tail:1"') == 1
    ours.synth()

    plain = cdk8s.App(outdir=str(tmp_path / "plain"))
    Shop(plain, "shop", build)
    plain.synth()
    (written,), (expected,) = (sorted((tmp_path / name).glob("*.yaml")) for name in ("plain", "ours"))
    assert documents(written) == documents(expected) == wanted
    assert texts(plain) == wanted

    assert cdk8s.Testing.synth(Shop(cdk8s.Testing.app(), "shop", build)) == wanted


def documents(path: Path) -> list[Any]:
    return list(yaml.load_all(path.read_text(), yaml.CSafeLoader))


@pytest.mark.parametrize("build", KINDS, ids=lambda build: build.__name__)
def test_rendering_again_adds_nothing(build: Callable[[cdk8s.Chart], Built]) -> None:
    for app in (cdk8s.App(), App()):
        chart = Shop(app, "shop", build)
        once = chart.to_json()
        assert chart.to_json() == cdk8s.Testing.synth(chart) == texts(app) == once


PROGRAM = """\
from patterns import App
import cdk8s
from workloads.foreign_kinds import KINDS, Shop
app = cdk8s.App()
for build in KINDS:
    Shop(app, build.__name__.replace("_", "-"), build)
app.synth()
"""


@pytest.mark.slow
def test_the_cdk8s_program_gives_the_same_documents(tmp_path: Path) -> None:
    program = shutil.which("cdk8s")
    if program is None:
        pytest.skip("cdk8s-cli is not installed")
    (tmp_path / "app.py").write_text(PROGRAM)
    (tmp_path / "cdk8s.yaml").write_text(f"language: python\napp: {sys.executable} app.py\n")
    tests = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests)])}
    environment.pop("CDK8S_OUTDIR", None)
    subprocess.run([program, "synth"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    app = App(outdir=str(tmp_path / "ours"))
    for build in KINDS:
        Shop(app, build.__name__.replace("_", "-"), build)
    app.synth()
    for path in sorted((tmp_path / "ours").glob("*.yaml")):
        assert documents(tmp_path / "dist" / path.name) == documents(path), path.name

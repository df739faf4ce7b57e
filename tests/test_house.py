"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import patterns
import patterns.model

ROOT = Path(__file__).parents[1]


def tracked(*patterns_: str) -> list[Path]:
    """Files that git knows, or will know."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns_],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_module_is_over_300_lines() -> None:
    modules = tracked("patterns/*.py", "patterns/*.pyi", "apps/*.py")
    assert [p.name for p in modules if len(p.read_text(encoding="utf-8").splitlines()) > 300] == []


def test_no_default_image_is_without_a_full_version() -> None:
    images = [image.value for image in patterns.defaults.IMAGES]
    assert images
    for image in images:
        tag = r"(distroless-)?v?\d+\.\d+(\.\d+)?"
        assert re.fullmatch(rf"[a-z0-9.-]+(/[a-z0-9._-]+)+:{tag}(@sha256:[0-9a-f]{{64}})?", image), image


def test_nothing_that_users_copy_runs_an_image_that_moves() -> None:
    # the reference of the rules shows what is wrong
    shown = [path for path in tracked("patterns", "apps", "docs", "dist", "README.md") if path.name != "rules.md"]
    assert len(shown) > 100
    moving = [
        f"{path.relative_to(ROOT)}: {image}"
        for path in shown
        for image in re.findall(r"[\w./-]+:latest\b", path.read_text(encoding="utf-8"))
    ]
    assert moving == []


def test_no_text_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    hosts = (
        "pypi" + ".org",
        "files.python" + "hosted",
        "registry.npm" + "js",
        "proxy.golang" + ".org",
        "crates" + ".io",
    )
    folders = ("/" + "work/main", "/" + "root/", "/" + "home/")
    for path in tracked():
        if path.suffix in {".png", ".tgz"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in (*hosts, *folders):
            assert word not in text, f"{path.relative_to(ROOT)} names {word}"


def test_every_requirement_has_a_hash() -> None:
    for path in tracked("requirements/*.txt"):
        entries = re.split(r"\n(?=[a-z])", path.read_text(encoding="utf-8").strip(), flags=re.IGNORECASE)
        for entry in entries:
            assert "--hash=sha256:" in entry, f"{path.name}: {entry.splitlines()[0]}"


def test_the_oldest_versions_that_are_tested_are_the_oldest_that_are_allowed() -> None:
    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    tested = (ROOT / "requirements/oldest.txt").read_text(encoding="utf-8")
    assert len(allowed) == 4
    for requirement in allowed:
        found = re.fullmatch(r"([\w-]+)>=([\d.]+),<\d+", requirement)
        assert found, f"{requirement} is no range"
        name, oldest = found.groups()
        assert re.search(rf"^{name.lower()}=={re.escape(oldest)}(\.0)* ", tested, re.MULTILINE), requirement


@pytest.mark.parametrize("package", [patterns, patterns.model], ids=lambda package: package.__name__)
def test_public_names_are_there_sorted_and_what_type_checkers_read(package: Any) -> None:
    tree = ast.parse((ROOT / f"{package.__name__.replace('.', '/')}/__init__.pyi").read_text(encoding="utf-8"))
    read = {alias.name: node.module for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    # a module is a name of its package, and its own place
    read |= {name: f"{module}.{name}" for name, module in read.items() if module == package.__name__}
    assert read == package._PLACES
    assert sorted(read) == list(package.__all__)
    assert all(getattr(package, name) is not None for name in package.__all__)
    assert set(package.__all__) < set(dir(package))


@pytest.mark.parametrize(
    "module", ["patterns", "patterns.model", "patterns.pod.merge", "patterns.yaml", "patterns.testing"]
)
def test_what_needs_no_cdk8s_starts_no_node(module: str) -> None:
    code = f"import sys, {module}; sys.exit(any(m in sys.modules for m in ('cdk8s', 'constructs', 'jsii')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_importing_any_module_first_finds_node_before_cdk8s() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in tracked("patterns/*.py")
        if path.name not in {"__init__.py", "yaml_snapshot.py"}
    ]
    code = """
import importlib, os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("cdk8s", "constructs", "jsii"):
            # what comes after it has no say any more
            os._exit("JSII_NODE" not in os.environ)
sys.meta_path.insert(0, Watch())
for name in sys.argv[1:]:
    # a process each that has imported nothing: what is asked is the first import
    child = os.fork()
    if child == 0:
        importlib.import_module(name)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(name, flush=True)
"""
    edge = [
        n for n in names if re.match(r"patterns\.(workloads|objects|sidecars|init_containers|volumes|pattern)\b", n)
    ]
    env = {"PATH": "/usr/bin:/bin"}
    ran = subprocess.run([sys.executable, "-c", code, *edge], env=env, capture_output=True, text=True, check=False)
    assert (ran.stderr, ran.stdout) == ("", "")

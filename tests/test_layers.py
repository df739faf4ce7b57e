"""What stands in which layer; the contracts of import-linter in pyproject.toml check the order of the layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EDGE = {"cdk8s", "constructs", "jsii"}
#: everything below the edge is on values and plain JSON
BELOW = ("patterns.model", "patterns.pod", "patterns.yaml", "patterns.errors", "patterns.defaults", "patterns.node")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.glob("patterns/**/*.py")}
CATALOGUE = {
    name
    for name, tree in MODULES.items()
    for node in tree.body
    if isinstance(node, ast.ClassDef)
    and any(isinstance(base, ast.Name) and base.id == "Pattern" for base in node.bases)
}


def imported(tree: ast.AST) -> Iterator[str]:
    """Whatever a module names in an import, inside functions and for type checkers too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_catalogue_is_found() -> None:
    assert {"patterns.sidecars.logging_sidecar", "patterns.volumes.shared_scratch"} <= CATALOGUE


@pytest.mark.parametrize("pattern", sorted(CATALOGUE))
def test_a_pattern_imports_no_other(pattern: str) -> None:
    assert set(imported(MODULES[pattern])) & (CATALOGUE - {pattern}) == set()


@pytest.mark.parametrize("module", sorted(name for name in MODULES if name.startswith(BELOW)))
def test_what_is_below_the_edge_names_nothing_of_cdk8s(module: str) -> None:
    assert {name.split(".")[0] for name in imported(MODULES[module])} & EDGE == set()


def test_only_the_reader_of_yaml_knows_pyyaml() -> None:
    assert {name for name, tree in MODULES.items() if any(i.split(".")[0] == "yaml" for i in imported(tree))} <= {
        name for name in MODULES if name.startswith("patterns.yaml")
    }

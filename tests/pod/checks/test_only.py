"""A rule that is asked only where there is something to look at finds no less than one that is always asked."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from patterns.pod.checks import Object, Rule, rules
from patterns.pod.checks.judge import Judge
from patterns.yaml.reader import read_yaml

CASES = Path(__file__).parents[2] / "cases"
EVERY = rules()
ASKED = Judge(EVERY)
ALWAYS_ASKED = Judge([rule if rule.part is Object else replace(rule, only=frozenset()) for rule in EVERY])


def without_each_field(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document, and what is left when any field of its pod or of a container is taken out, or is its only one."""
    yield document
    for at, pod in enumerate(Object(document).pods):
        for holder in ("spec", "containers", "initContainers"):
            parts = [pod.spec] if holder == "spec" else [c.json for c in pod.all_containers if c.list == holder]
            for number, part in enumerate(parts):
                for field in part:
                    for kept in ([key for key in part if key != field], [field]):
                        changed = copy.deepcopy(document)
                        again = Object(changed).pods[at]
                        found = (
                            again.spec
                            if holder == "spec"
                            else [c.json for c in again.all_containers if c.list == holder][number]
                        )
                        for key in [key for key in found if key not in kept]:
                            del found[key]
                        yield changed


def found_by(judge: Judge, document: dict[str, Any]) -> list[tuple[object, ...]]:
    return [(finding.rule, finding.path, finding.message) for finding in judge.object(Object(document))]


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_nothing_is_missed_where_a_rule_is_not_asked(folder: Path) -> None:
    for file in sorted(folder.glob("*.yaml")):
        for document in read_yaml(file.read_bytes()):
            if isinstance(document, dict):
                for changed in without_each_field(document):
                    assert found_by(ASKED, changed) == found_by(ALWAYS_ASKED, changed), (file.name, changed)


@pytest.mark.parametrize(
    "rule", [rule for rule in EVERY if rule.part is Object and rule.only], ids=lambda rule: rule.id
)
def test_an_object_of_the_same_kind_in_another_group_is_somebody_elses(rule: Rule) -> None:
    for file in (CASES / rule.id).glob("bad-*.yaml"):
        for document in read_yaml(file.read_bytes()):
            assert isinstance(document, dict)
            elsewhere = {**document, "apiVersion": "example.com/v1"}
            assert rule.id not in [finding.rule for finding in ASKED.object(Object(elsewhere))]

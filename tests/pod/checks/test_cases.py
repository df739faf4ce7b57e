"""Every case in ``tests/cases/``: a folder per rule, ``bad-*.yaml`` that break it and ``good-*.yaml`` that nearly do.

A case may begin with comments for the test: ``# target: 1.33``, ``# also: other-rule`` (a bad case that cannot break
one rule alone), ``# not-judged: reason`` (the API server cannot judge it, such as a kind that it does not know).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patterns.pod.checks import NEWEST, Container, Finding, Object, Outcome, Rule, judge, rules
from patterns.yaml.reader import read_yaml

CASES = Path(__file__).parents[2] / "cases"
RULES = {rule.id: rule for rule in rules()}
OPTION = re.compile(r"^# ([a-z-]+): (.*)$", re.MULTILINE)


def options_of(file: Path) -> dict[str, str]:
    return dict(OPTION.findall(file.read_text("utf-8")))


def findings_of(file: Path) -> list[Finding]:
    target = options_of(file).get("target", f"1.{NEWEST}")
    minor = int(target.partition(".")[2])
    objects = [Object(doc, target=minor) for doc in read_yaml(file.read_bytes()) if isinstance(doc, dict)]
    every = judge(opinions=True)
    return [finding for obj in objects for finding in every.object(obj)] + list(every.together(objects))


def cases(kind: str) -> list[object]:
    return [pytest.param(file, id=f"{file.parent.name}/{file.stem}") for file in sorted(CASES.glob(f"*/{kind}-*.yaml"))]


@pytest.mark.parametrize("file", cases("bad"))
def test_a_bad_case_breaks_its_rule(file: Path) -> None:
    found = findings_of(file)
    rule = file.parent.name
    assert rule in {finding.rule for finding in found}, found
    also = set(options_of(file).get("also", "").split())
    others = {f.rule for f in found if f.outcome is not Outcome.OPINION} - {rule} - also
    assert not others, f"more than the rule of the case: {[f for f in found if f.rule in others]}"


@pytest.mark.parametrize("file", cases("good"))
def test_a_good_case_breaks_no_rule_that_stops_a_synthesis(file: Path) -> None:
    found = findings_of(file)
    assert file.parent.name not in {finding.rule for finding in found}, found
    assert not [finding for finding in found if finding.stops]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_three_bad_cases_and_two_that_are_nearly_bad(rule: str) -> None:
    folder = CASES / rule
    assert len(list(folder.glob("bad-*.yaml"))) >= 3
    assert len(list(folder.glob("good-*.yaml"))) >= 2


def test_every_folder_is_a_rule() -> None:
    assert {folder.name for folder in CASES.iterdir() if folder.is_dir()} <= RULES.keys()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_why_and_where_it_stands(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id)
    assert rule.why and rule.source


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.part is Container], ids=lambda rule: rule.id)
def test_a_rule_of_a_container_looks_at_nothing_beside_it(rule: Rule) -> None:
    asked = 0
    for file in CASES.joinpath(rule.id).iterdir():
        for document in read_yaml(file.read_bytes()):
            for pod in Object(document).pods if isinstance(document, dict) else ():
                for container in pod.all_containers:
                    # it has neither pod nor place, so that asking for them fails
                    by_itself = Container(pod, container.list, container.json)
                    assert list(rule.check(by_itself)) == list(rule.check(container))
                    asked += 1
    assert asked >= 5


@pytest.mark.parametrize("file", cases("bad"))
def test_a_finding_says_where_what_and_what_to_do(file: Path) -> None:
    for finding in findings_of(file):
        value: object = finding.object.json
        for step in finding.path:
            # the path leads to what is wrong, or from where it is missing onwards
            assert isinstance(value, dict | list)
            if isinstance(value, dict) and step not in value:
                break
            value = value[step]  # type: ignore[index]  # a step of the right type, or the test fails
        assert finding.message and not finding.message.endswith(".")
        assert finding.fix and not finding.fix.endswith(".")

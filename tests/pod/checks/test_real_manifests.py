"""No false alarm on manifests of public projects, and few misses: compared with what a real API server said of each.

The files are outside the project, in ``shared`` beside it or where ``SHARED`` says; without them less is checked.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from patterns.check.sources import Source, texts
from patterns.pod.checks import Finding, Object, Outcome, judge
from patterns.pod.template import is_list, items_of
from patterns.yaml.reader import read_part

SHARED = Path(os.environ.get("SHARED", Path(__file__).parents[4] / "shared"))
MANIFESTS = SHARED / "manifests"
CASES = SHARED / "cases"

pytestmark = pytest.mark.skipif(not MANIFESTS.is_dir(), reason="the manifests of other projects are not here")


def documents(file: Path) -> dict[str, Object]:
    """The objects of a file by their number, ``n.m`` for item m of a list; empty documents count."""
    found: dict[str, Object] = {}
    at = 0
    for text in texts(Source(file.name, file, True)):
        for document in read_part(text.content, source=file.name, line=text.line, repeated=[]):
            if isinstance(document, dict) and is_list(document):
                found |= {f"{at}.{n}": Object(i) for n, i in enumerate(items_of(document)) if isinstance(i, dict)}
            elif isinstance(document, dict):
                found[str(at)] = Object(document)
            at += 1
    return found


def stopping(obj: Object, outcome: Outcome) -> list[Finding]:
    return [finding for finding in judge().object(obj) if finding.outcome is outcome]


def verdicts() -> list[tuple[str, str, Any, Object]]:
    listed = json.loads((MANIFESTS / "server.json").read_text("utf-8"))
    found = []
    for file, numbers in listed.items():
        objects = documents(MANIFESTS / file)
        found += [(file, number, said, objects[number]) for number, said in numbers.items() if number in objects]
    return found


def test_nothing_is_refused_that_the_server_takes() -> None:
    alarms = [
        (file, number, stopping(obj, Outcome.REFUSED))
        for file, number, said, obj in verdicts()
        if said["server"] < 300 and stopping(obj, Outcome.REFUSED)
    ]
    assert alarms == []


def test_nine_in_ten_of_what_the_server_refuses_are_found() -> None:
    refused = [(file, number, obj) for file, number, said, obj in verdicts() if said["server"] >= 400]
    missed = [(file, number) for file, number, obj in refused if not stopping(obj, Outcome.REFUSED)]
    assert refused
    assert len(missed) * 10 <= len(refused), missed


def test_the_broken_ones_among_real_manifests_are_known() -> None:
    """Each was looked at: it cannot run as it stands."""
    found = {
        (file.name, finding.rule)
        for file in sorted(MANIFESTS.glob("*.yaml"))
        for obj in documents(file).values()
        for finding in stopping(obj, Outcome.BROKEN)
    }
    assert found == KNOWN_BROKEN


KNOWN_BROKEN = {
    # words that a release script replaces, in capitals where an image has none
    ("cockroachdb__helm-charts__bundle__manifests__cockroachdb.clusterserviceversion.yaml", "image-name"),
}


def test_the_cases_that_a_server_judged_are_judged_alike() -> None:
    outcomes = json.loads((CASES / "verdicts.json").read_text("utf-8"))
    wrong = []
    for name, said in outcomes.items():
        everything = judge(opinions=True)
        objects = list(documents(CASES / name).values())
        found = {f.outcome for obj in objects for f in everything.object(obj)}
        found |= {f.outcome for f in everything.together(objects)}
        expected = {"accepted": None, "version": None}.get(said["outcome"], said["outcome"])
        stops = {Outcome.REFUSED, Outcome.BROKEN} & found
        if (expected is None and stops) or (expected is not None and Outcome(expected) not in found):
            wrong.append((name, said["outcome"], sorted(found)))
    assert wrong == []

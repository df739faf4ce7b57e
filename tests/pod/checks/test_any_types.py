"""Whatever stands where something else belongs, no rule falls over it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from patterns import App, Chart, InvalidValue, Manifest
from patterns.model import Json
from patterns.pod.checks import Judge, Object, rules
from patterns.yaml.reader import read_yaml

CASES = Path(__file__).parents[2] / "cases"
EVERY = Judge(rules())
#: how many files of a folder are changed at one path
ENOUGH = 1
WRONG: tuple[Json, ...] = tuple(
    json.loads(
        r"""[[], {}, [[]], [["sh", "-c"]], [{}], ["x"], [7], [null], {"a": [1]}, {"name": {}}, 7, -1, 1e30, 1.5, null,
        true, "", "x", "\ud800"]"""
    )
)


def steps_in(value: Json) -> Iterator[tuple[str | int, ...]]:
    """The path of every value below this one."""
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (step,)
            yield from ((step, *below) for below in steps_in(item))


def put(value: Json, path: tuple[str | int, ...], other: Json) -> Json:
    """The value with another one at the path."""
    if not path:
        return other
    if isinstance(value, dict):
        return {key: put(item, path[1:], other) if key == path[0] else item for key, item in value.items()}
    assert isinstance(value, list)
    return [put(item, path[1:], other) if at == path[0] else item for at, item in enumerate(value)]


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_no_rule_falls_over_a_value_of_another_type(folder: Path) -> None:
    wrong, done = cycle(WRONG), Counter[tuple[str | int, ...]]()
    for file in sorted(folder.glob("*.yaml")):
        documents = [found for found in read_yaml(file.read_bytes()) if isinstance(found, dict)]
        for at, document in enumerate(documents):
            for path in steps_in(document):
                done[path] += 1
                if done[path] > ENOUGH:
                    continue
                value = next(wrong)
                changed = put(document, path, value)
                assert isinstance(changed, dict)
                objects = [Object(changed if number == at else other) for number, other in enumerate(documents)]
                try:
                    found = [*EVERY.object(objects[at]), *EVERY.together(objects)]
                except Exception as error:
                    raise AssertionError(f"{file.name}: {value!r} at {path}") from error
                assert all(finding.message and finding.fix for finding in found)


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_command_may_hold_anything(value: Json) -> None:
    for command in (value, [value], ["sh", value]):
        container: Json = {
            "name": "a",
            "image": "a:1",
            "command": command,
            "livenessProbe": {"exec": {"command": command}},
        }
        pod: dict[str, Json] = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "p"},
            "spec": {"containers": [container]},
        }
        found = {finding.rule for finding in EVERY.object(Object(pod))}
        fits = command is None or (isinstance(command, list) and all(isinstance(word, str) for word in command))
        assert ("wrong-type" in found) is not (fits or command in ([None], ["sh", None]))


def test_a_list_in_a_command_is_told_at_the_users_line() -> None:
    chart = Chart(App(), "shop")
    spec: dict[str, Json] = {"containers": [{"name": "a", "image": "a:1", "command": [["sh", "-c"]]}]}
    said = (
        r"spec\.containers\[0\]\.command\[0\]: .* must be a string, got the list \[\"sh\", \"-c\"\]; write its items in"
    )
    with pytest.raises(InvalidValue, match=said):
        Manifest(chart, "m", api_version="v1", kind="Pod", body={"spec": spec})

"""How findings are told: as text, JSON, SARIF, or annotations of GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

from patterns.pod.checks import Outcome, rules

if TYPE_CHECKING:
    from patterns.check.checker import Located

#: makes the pieces of a report of findings as they come, and of the number of documents at the end
Report: TypeAlias = "Callable[[Iterable[Located], Callable[[], int]], Iterator[str]]"

_PAGE = "https://github.com/cdk8s-pod-patterns/cdk8s-pod-patterns/blob/main/docs/rules.md"
_SARIF_LEVELS = {Outcome.REFUSED: "error", Outcome.BROKEN: "error", Outcome.WARNED: "warning", Outcome.OPINION: "note"}
_GITHUB_LEVELS = {**_SARIF_LEVELS, Outcome.OPINION: "notice"}


def text(findings: Iterable[Located], documents: Callable[[], int]) -> Iterator[str]:
    """A line for each finding, as compilers write them, and a line with the sum."""
    count = 0
    for one in findings:
        count += 1
        name = f"{one.namespace}/{one.name}" if one.namespace else one.name
        about = f"{one.kind} {name}: " if one.kind else ""
        message = " ".join(f"{about}{one.message}; {one.fix}".split())
        yield f"{one.file}:{one.line}:{one.column}: {one.outcome}: {message} [{one.rule}]\n"
    yield f"{_counted(count, 'finding')} in {_counted(documents(), 'document')}\n"


def json_object(findings: Iterable[Located], documents: Callable[[], int]) -> Iterator[str]:
    """One object: ``{"findings": [...], "documents": N}``."""
    before = '{"findings": ['
    for one in findings:
        yield f"{before}\n{json.dumps(asdict(one))}"
        before = ","
    yield f'{before if before != "," else ""}], "documents": {documents()}}}\n'


def sarif(findings: Iterable[Located], documents: Callable[[], int]) -> Iterator[str]:
    """SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""
    found = list(findings)
    told = {one.rule for one in found}
    described = {rule.id: rule.why for rule in rules()}
    run = {
        "tool": {
            "driver": {
                "name": "cdk8s-pod-patterns",
                "rules": [
                    {
                        "id": rule,
                        "shortDescription": {"text": described.get(rule, rule)},
                        "helpUri": f"{_PAGE}#{rule.replace('/', '')}",
                    }
                    for rule in sorted(told)
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(one) for one in found],
        "properties": {"documents": documents()},
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    yield json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _result(one: Located) -> dict[str, object]:
    return {
        "ruleId": one.rule,
        "level": _SARIF_LEVELS[one.outcome],
        "message": {"text": f"{one.message}; {one.fix}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": one.file.replace("\\", "/")},
                    "region": {"startLine": one.line, "startColumn": one.column},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{one.kind}/{one.namespace}/{one.name}{one.path}"}],
            }
        ],
    }


def github(findings: Iterable[Located], documents: Callable[[], int]) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the line.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    for one in findings:
        where = f"file={_property(one.file)},line={one.line},col={one.column},title={_property(one.rule)}"
        message = f"{one.kind} {one.name}: {one.message}; {one.fix}" if one.kind else f"{one.message}; {one.fix}"
        yield f"::{_GITHUB_LEVELS[one.outcome]} {where}::{_escaped(message)}\n"
    documents()


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


FORMATS: dict[str, Report] = {"text": text, "json": json_object, "sarif": sarif, "github": github}

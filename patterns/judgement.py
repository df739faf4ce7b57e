"""What the rules say of rendered documents, less what is waived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from patterns.contributors import path_of_contributor
from patterns.files import Document
from patterns.model.json import JsonObject, object_at, text_at
from patterns.place import AnyConstruct, path_of
from patterns.pod.checks import Finding, Object, Outcome, judge
from patterns.pod.checks.standards import Standards
from patterns.pod.checks.subject import Steps, words_of
from patterns.pod.template import is_list, items_of, value_at
from patterns.waivers import Waiver


@dataclass
class Verdict:
    """What is to be told of an app.

    Args:
        stops: findings that stop a synthesis, a sentence each.
        shown: findings that do not.
        files: the documents of each file, with an annotation for each waiver that was used.
    """

    stops: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    files: dict[str, list[Document]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    file: str
    at: int


def verdict(files: Mapping[str, Sequence[Document]], standards: Standards, waivers: Sequence[Waiver]) -> Verdict:
    """Judge the documents one by one and together.

    Args:
        files: the documents by file; their JSON is not changed.
        standards: the target version and what else they are judged by.
        waivers: those of the app; each is marked when it waives something.
    """
    found = Verdict(files={file: list(documents) for file, documents in files.items()})
    objects: dict[int, _Place] = {}
    told: list[tuple[str, int, Steps, str, bool]] = []
    everything = list(_objects(files, standards, objects))
    for waiver in waivers:
        waiver.used = False
    for finding in _findings(everything, standards, waivers):
        place = objects[id(finding.object)]
        document = found.files[place.file][place.at]
        path = _construct_path(document, finding)
        waiving = next((w for w in waivers if w.rule == finding.rule and w.covers(path)), None)
        if waiving is not None:
            waiving.used = True
            found.files[place.file][place.at] = _annotated(document, waiving)
        elif finding.outcome is not Outcome.OPINION or standards.opinions:
            text = _sentence(place.file, finding, path)
            told.append((place.file, place.at, _sortable(finding.path), text, finding.stops))
    told.sort(key=lambda one: one[:3])
    found.stops = [text for *_, text, stops in told if stops]
    found.shown = [text for *_, text, stops in told if not stops]
    found.shown += [
        f"{waiver.path or 'the app'}: waive({waiver.rule!r}) waives nothing; remove it"
        for waiver in waivers
        if not waiver.used
    ]
    return found


def _objects(
    files: Mapping[str, Sequence[Document]], standards: Standards, places: dict[int, _Place]
) -> Iterator[Object]:
    for file, documents in files.items():
        for at, document in enumerate(documents):
            items = items_of(document.json) if is_list(document.json) else [document.json]
            for item in items:
                if isinstance(item, dict):
                    obj = standards.object(item)
                    places[id(obj)] = _Place(file, at)
                    yield obj


def _findings(objects: Sequence[Object], standards: Standards, waivers: Sequence[Waiver]) -> Iterator[Finding]:
    asked = judge(opinions=standards.opinions or bool(waivers))
    namespaces = standards.enforced_by(objects)
    for obj in objects:
        yield from asked.object(obj)
        yield from standards.pod_security_findings(obj, namespaces)
    yield from asked.together(objects)


def _construct_path(document: Document, finding: Finding) -> str:
    """The construct that brought what is wrong: the pattern whose container it is, else the object's own."""
    if document.construct is None:
        return document.path
    construct = cast("AnyConstruct", document.construct)
    steps = finding.path
    for at, step in enumerate(steps[:-1]):
        if step in ("containers", "initContainers") and isinstance(steps[at + 1], int):
            container = value_at(finding.object.json, "/" + "/".join(map(str, steps[: at + 2])))
            return path_of_contributor(construct, text_at(container, "name"))
    return path_of(construct)


def _sentence(file: str, finding: Finding, path: str) -> str:
    obj = finding.object
    name = f"{obj.kind} {obj.name!r}" + (f" ({path})" if path and path != obj.name else "")
    where = f" at {words_of(finding.path)}" if finding.path else ""
    before = f"{file}: " if file else ""
    return f"{before}{name}: {finding.message}; {finding.fix} [{finding.rule}{where}]"


def _sortable(path: Steps) -> Steps:
    """The path in an order that indexes keep: numbers as text of equal length."""
    return tuple(f"{step:06}" if isinstance(step, int) else step for step in path)


def _annotated(document: Document, waiver: Waiver) -> Document:
    metadata = object_at(document.json, "metadata")
    annotations = object_at(metadata, "annotations")
    if waiver.annotation in annotations:
        return document
    marked: JsonObject = {**metadata, "annotations": {**annotations, waiver.annotation: waiver.because}}
    return replace(document, json={**document.json, "metadata": marked})

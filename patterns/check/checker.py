"""Judges documents, one after another, and then together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from patterns.check.sources import Source, Text, Unreadable, content_of, mentions, texts
from patterns.check.summary import summary_of
from patterns.errors import InvalidValue
from patterns.model.json import Json
from patterns.pod.checks import Finding, Object, Outcome, judge
from patterns.pod.checks.standards import Standards
from patterns.pod.checks.subject import Steps, pointer_of, words_of
from patterns.pod.checks.waived import is_waived
from patterns.pod.template import is_list, items_of
from patterns.yaml.document import Repeated
from patterns.yaml.positions import Position, Positions
from patterns.yaml.reader import read_part

#: what the reader says of a place, before its reason
_PLACE = re.compile(r"-: line (\d+)(?:, column (\d+))?: (.*)", re.DOTALL)


_ENFORCE = b"pod-security.kubernetes.io/enforce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A finding with its place in a file, as reports tell it.

    Args:
        line, column: counted from 1.
        document: number of the document in its file, from 0; ``"n.m"`` for item m of a list.
        path: JSON Pointer in the object.
    """

    rule: str
    outcome: Outcome
    file: str
    line: int
    column: int
    document: str
    kind: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    message: str
    fix: str

    @property
    def stops(self) -> bool:
        """Whether it is an error, and not only shown."""
        return self.outcome in (Outcome.REFUSED, Outcome.BROKEN)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where an object came from, so that its text can be read again."""

    source: Source
    text: Text
    document: str

    @property
    def prefix(self) -> Steps:
        """The way to the object in its document."""
        _, dot, item = self.document.partition(".")
        return ("items", int(item)) if dot else ()


class Checker:
    """Judges the documents of several files as what is applied together.

    Args:
        standards: what they are judged by.
        sources: every file; a `Namespace` in any of them tells how the pods in it are judged.
    """

    def __init__(self, standards: Standards, sources: Sequence[Source]) -> None:
        self.standards = standards
        self._sources = sources
        self._namespaces = standards.enforced_by(self._namespace_objects())
        #: how many documents have been read
        self.documents = 0
        #: whether something could not be read
        self.unreadable = False
        self._judge = judge(opinions=standards.opinions)
        self._summaries: list[Object] = []
        self._origins: dict[int, _Origin] = {}

    def findings(self) -> Iterator[Located]:
        """Everything that is wrong, file by file: in each document, and then in all of the file together.

        Files are not compared with each other: those of a folder may be alternatives, or belong to several clusters.
        """
        for source in self._sources:
            yield from self._file(source)
            yield from self._together()
            self._summaries.clear()
            self._origins.clear()

    def _namespace_objects(self) -> Iterator[Object]:
        """Every object that may say what a namespace enforces: few files have one, so most are not read for it."""
        for source in self._sources if self.standards.pod_security is None else ():
            if not mentions(source, _ENFORCE):
                continue
            with suppress(Unreadable):
                for text in texts(source):
                    if _ENFORCE not in text.content:
                        continue
                    with suppress(InvalidValue):
                        for value in read_part(text.content, source="-", line=0, repeated=[]):
                            yield from (obj for obj, _ in self._objects(value, source, 0))

    def _file(self, source: Source) -> Iterator[Located]:
        """What is wrong with the documents of one file, each by itself."""
        at = 0
        try:
            for text in texts(source):
                repeated: list[Repeated] = []
                try:
                    values = read_part(text.content, source="-", line=text.line, repeated=repeated)
                except InvalidValue as error:
                    yield self._unreadable(source, at, str(error), text.line + 1)
                    values = []
                for value in values:
                    if value is not None and not isinstance(value, dict) and source.asked:
                        yield _no_object(source, text, at, value)
                    if value is not None:
                        self.documents += 1
                        yield from self._document(source, text, at, value, repeated)
                    at += 1
                at += not values
        except Unreadable as error:
            yield self._unreadable(source, at, str(error), error.line)

    def _together(self) -> Iterator[Located]:
        """What is wrong with the documents of one file only when they are seen together."""
        for finding in self._judge.together(self._summaries):
            origin = self._origins[id(finding.object)]
            content = content_of(origin.source, origin.text.offset, origin.text.size)
            path = (*origin.prefix, *finding.path)
            yield _located(finding, origin, Positions(_text_of(content), [path]))

    def _document(
        self, source: Source, text: Text, at: int, value: Json, repeated: Sequence[Repeated]
    ) -> Iterator[Located]:
        found: list[tuple[Finding, _Origin]] = []
        shed = Text(text.line, text.offset, text.size, b"")
        for obj, document in self._objects(value, source, at):
            origin = _Origin(source, shed, document)
            findings = [*self._judge.object(obj), *self.standards.pod_security_findings(obj, self._namespaces)]
            found += [(finding, origin) for finding in findings if not is_waived(obj.json, finding.rule)]
            summary = self.standards.object(summary_of(obj))
            self._summaries.append(summary)
            self._origins[id(summary)] = origin
        if found or repeated:
            positions = Positions(_text_of(text.content))
            for finding, origin in found:
                yield _located(finding, origin, positions)
            for key in repeated:
                yield _twice(key, source, text, at, value, positions)

    def _objects(self, value: Json, source: Source, at: int) -> Iterator[tuple[Object, str]]:
        if isinstance(value, dict) and is_list(value):
            for item_at, item in enumerate(items_of(value)):
                if isinstance(item, dict):
                    yield self.standards.object(item), f"{at}.{item_at}"
        elif isinstance(value, dict) and (source.asked or ("kind" in value and "apiVersion" in value)):
            # a folder may hold files that are no manifests, such as a chart's values
            yield self.standards.object(value), str(at)

    def _unreadable(self, source: Source, at: int, reason: str, line: int) -> Located:
        self.unreadable = True
        column = 1
        match = _PLACE.fullmatch(reason)
        reason = reason.removeprefix("-: ")
        if match:
            line, column, reason = int(match[1]), int(match[2] or 1), match[3]
        return Located(
            rule="unreadable",
            outcome=Outcome.REFUSED,
            file=source.name,
            line=line,
            column=column,
            document=str(at),
            message=reason,
            fix="mend the text; what follows in this document was not judged",
        )


def _located(finding: Finding, origin: _Origin, positions: Positions) -> Located:
    place = positions.of((*origin.prefix, *finding.path))
    obj = finding.object
    return Located(
        rule=finding.rule,
        outcome=finding.outcome,
        file=origin.source.name,
        line=origin.text.line + place.line + 1,
        column=place.column + 1,
        document=origin.document,
        kind=obj.kind,
        namespace=obj.namespace,
        name=obj.name,
        path=finding.pointer,
        message=finding.message + _as_read(finding, place),
        fix=finding.fix,
    )


def _as_read(finding: Finding, place: Position) -> str:
    """How a bare word came to be another value than it looks like."""
    value: object = finding.object.json
    for step in finding.path:
        try:
            value = value[step]  # type: ignore[index]  # the path leads through mappings and lists
        except (KeyError, IndexError, TypeError):
            return ""
    if not place.bare or isinstance(value, str | dict | list) or finding.rule != "wrong-type":
        return ""
    shown = json.dumps(value)
    return f"; YAML 1.1 reads {place.bare} without quotes as {shown}" if shown != place.bare else ""


def _no_object(source: Source, text: Text, at: int, value: Json) -> Located:
    place = Positions(_text_of(text.content)).of(())
    return Located(
        rule="not-an-object",
        outcome=Outcome.REFUSED,
        file=source.name,
        line=text.line + place.line + 1,
        column=place.column + 1,
        document=str(at),
        message="a document must be a mapping with apiVersion and kind, got "
        + ("a list" if isinstance(value, list) else "a scalar"),
        fix="write an API object, or kind: List with items",
    )


def _twice(key: Repeated, source: Source, text: Text, at: int, value: Json, positions: Positions) -> Located:
    place = positions.of(key.path)
    obj = value if isinstance(value, dict) else {}
    about = Object(obj)
    return Located(
        rule="duplicate-key",
        outcome=Outcome.WARNED,
        file=source.name,
        line=text.line + place.line + 1,
        column=place.column + 1,
        document=str(at),
        kind=about.kind,
        namespace=about.namespace,
        name=about.name,
        path=pointer_of(key.path),
        message=f"{words_of(key.path)} stands twice in one mapping, with "
        f"{'the same value' if key.same else 'another value, which is lost'}: kubectl and Helm keep the last one in "
        "silence, and the API server refuses it where it reads the YAML itself",
        fix="remove one of them",
    )


def _text_of(content: bytes) -> str:
    return content.decode("utf-8", "replace").removeprefix("\ufeff")

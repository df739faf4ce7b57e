"""Which document goes to which file: the names that cdk8s gives, but never one name for two files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from patterns.errors import InvalidValue
from patterns.model.frozen import encodable
from patterns.model.json import Json, JsonObject, object_at, text_at

_REMOVED = re.compile(r"[^0-9a-zA-Z\-_.]")


@dataclass(frozen=True)
class Document:
    """One rendered object.

    Args:
        json: what is written.
        path: of its construct, for messages.
        kind, name: of the construct, before JSON patches.
        construct: the API object; ``None`` where somebody's chart renders itself.
    """

    json: JsonObject
    path: str
    kind: str
    name: str
    construct: object = None


@dataclass(frozen=True)
class ChartDocuments:
    """A chart's documents.

    Args:
        name: the DNS label of the chart.
        path: of the chart, for messages.
        documents: in their order.
    """

    name: str
    path: str
    documents: Sequence[Document]


@dataclass(frozen=True)
class Layout:
    """What is to be written, by the file's path below the output directory.

    Args:
        files: the documents of each file.
        folders: directories that are made even where no file is in them.
        clashes: a sentence for each name that two files would have.
    """

    files: dict[str, list[Document]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)


def check_file_name(name: str, option: str, *, slash: bool = True) -> None:
    """Raises: InvalidValue for what no file system takes in the name of a file, or in that of a folder."""
    if "\0" in name or not encodable(name):
        raise InvalidValue(f"{option} must be text that a file system takes, got {name!r}")
    if "/" in name and not slash:
        raise InvalidValue(f"{option} must be the end of a file's name, such as '.k8s.yaml', got {name!r}")


def file_per_app(charts: Sequence[ChartDocuments], extension: str) -> Layout:
    """Everything in one file; none where there is no chart."""
    every = [document for chart in charts for document in chart.documents]
    return Layout({f"app{extension}": every} if charts else {})


def file_per_chart(charts: Sequence[ChartDocuments], extension: str, *, numbered: bool) -> Layout:
    """A file for each chart, be it empty; numbered where charts depend on each other."""
    layout = Layout()
    owners: dict[str, str] = {}
    for name, chart in _named(charts, numbered):
        if _is_free(f"{name}{extension}", f"chart {chart.path!r}", owners, layout):
            layout.files[f"{name}{extension}"] = list(chart.documents)
    return layout


def file_per_resource(charts: Sequence[ChartDocuments], extension: str) -> Layout:
    """A file for each object, named after what was rendered."""
    layout = Layout()
    every = [
        (f"{document.json.get('kind', 'undefined')}.{_name(document.json)}", document)
        for chart in charts
        for document in chart.documents
    ]
    _add_resources(layout, "", every, extension)
    return layout


def folder_per_chart(charts: Sequence[ChartDocuments], extension: str, *, numbered: bool) -> Layout:
    """A folder for each chart, with a file for each object, named after its construct."""
    layout = Layout()
    owners: dict[str, str] = {}
    for name, chart in _named(charts, numbered):
        if _is_free(name, f"chart {chart.path!r}", owners, layout):
            layout.folders.append(name)
            every = [(f"{document.kind}.{document.name}", document) for document in chart.documents]
            _add_resources(layout, f"{name}/", every, extension)
    return layout


def _name(document: JsonObject) -> Json:
    return object_at(document, "metadata").get("name", "undefined")


def _named(charts: Sequence[ChartDocuments], numbered: bool) -> list[tuple[str, ChartDocuments]]:
    return [(f"{at:04}-{chart.name}" if numbered else chart.name, chart) for at, chart in enumerate(charts)]


def _add_resources(layout: Layout, folder: str, every: Sequence[tuple[str, Document]], extension: str) -> None:
    """One file each; where two have one name, cdk8s writes the second over the first, and we add the namespaces."""
    counts: dict[str, int] = {}
    for name, _ in every:
        clean = _REMOVED.sub("", name).casefold()
        counts[clean] = counts.get(clean, 0) + 1
    owners: dict[str, str] = {}
    for name, document in every:
        stem = _REMOVED.sub("", name)
        namespace = text_at(document.json, "metadata", "namespace")
        if counts[stem.casefold()] > 1 and namespace:
            stem = _REMOVED.sub("", f"{name}.{namespace}")
        file = f"{folder}{stem}{extension}"
        if _is_free(file, f"{document.kind} {document.path!r}", owners, layout):
            layout.files[file] = [document]


def _is_free(file: str, owner: str, owners: dict[str, str], layout: Layout) -> bool:
    # file systems of Windows and macOS take names that differ in capitals for one
    first = owners.setdefault(file.casefold(), owner)
    if first is owner:
        return True
    layout.clashes.append(f"{first} and {owner} would both be written to {file!r}; give one of them another name")
    return False

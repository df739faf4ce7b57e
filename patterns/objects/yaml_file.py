"""A YAML file's objects, adopted as they are: scopes for patterns, and otherwise untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from patterns import place, tree
from patterns.construct_meta import speaking
from patterns.errors import InvalidValue, NotFound, WrongType
from patterns.manifest import Manifest, ManifestState
from patterns.metadata import Metadata
from patterns.model.json import Json, JsonObject, object_at, text_at, unshared
from patterns.pod.template import is_list, items_of
from patterns.resolvers import custom_resolvers, resolved
from patterns.yaml.reader import read_yaml

import cdk8s  # isort: skip  # after patterns.place, which finds Node
import constructs  # isort: skip
import jsii  # isort: skip


class YamlFile(tree.Construct, metaclass=tree.ConstructMeta):
    """Makes one manifest of each document of a YAML file, read as ``kubectl apply -f`` reads it.

    Every document is rendered as it stands in the file, key by key in the same order: no label or namespace of the
    chart is put in, and no name where there is none (``generateName``). The items of a ``List`` become manifests of
    their own. What is added afterwards, by a pattern, by ``metadata.add_label`` or by ``add_json_patch``, is all that
    changes. Fields that are null stay so under ``patterns.App``; under another root they are left out, which
    Kubernetes takes for the same.

        shop = YamlFile(self, "shop", path="vendor/shop.yaml")
        Sidecar(shop.find(kind="Deployment", name="web"), "proxy", container=Container(...))

    Args:
        scope: the chart, or any construct below one.
        id: unique in its scope.
        path: of the file; a relative one starts at the working directory.
        text: the YAML itself, instead of ``path``.

    Raises:
        NotFound: when there is no such file.
        InvalidValue: for what kubectl cannot read, or a document that is no API object, with file and line.
        WrongType: when not exactly one of ``path`` and ``text`` is given.
    """

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,
        *,
        path: str | Path | None = None,
        text: str | bytes | None = None,
    ) -> None:
        super().__init__(scope, id)
        if (path is None) == (text is None):
            raise WrongType("either path or text must be given, the name of a YAML file or the YAML itself")
        source = str(path) if path is not None else "text"
        content = text if text is not None else _content(source)
        taken: dict[str, int] = {}
        #: every object of the file, in order
        self.objects: tuple[Manifest, ...] = tuple(
            FileObject(self, _unique(_id_of(document, taken), taken), document=document)
            for document in _objects(content, source)
        )

    @speaking
    def find(self, *, kind: str | None = None, name: str | None = None, namespace: str | None = None) -> Manifest:
        """The one object of this kind, name and namespace, as far as they are given.

        Raises:
            NotFound: when there is none, or more than one; the message lists what is there.
        """
        wanted = {"kind": kind, "name": name, "namespace": namespace}
        found = [
            obj for obj in self.objects if all(value in (None, getattr(obj, key)) for key, value in wanted.items())
        ]
        if len(found) == 1:
            return found[0]
        asked = ", ".join(f"{key}={value!r}" for key, value in wanted.items() if value is not None) or "any object"
        there = ", ".join(f"{obj.kind} {obj.name!r}" for obj in found or self.objects) or "nothing"
        raise NotFound(f"there are {len(found)} objects with {asked}, and one was looked for; the file has {there}")


class FileObject(Manifest):
    """One document of a YAML file, rendered as it stands there.

    Args:
        document: the API object; it is not copied and must not be changed.
    """

    def __init__(self, scope: place.AnyConstruct, id: str, *, document: JsonObject) -> None:
        place.check_place(scope, id)
        place.chart_of(scope)
        metadata = _FileMetadata(document)
        api_version, kind = text_at(document, "apiVersion"), text_at(document, "kind")
        # an object that gets its name from the cluster has none
        self._patterns_manifest = ManifestState(api_version, kind, metadata.name or "", metadata, document)
        place.create(cdk8s.ApiObject, self, scope, id)

    def own_document(self, *, copied: bool) -> JsonObject:
        own = self._patterns_manifest
        document = own.body
        metadata = own.metadata.render(self)
        if metadata is not document.get("metadata"):
            document = {**document, "metadata": metadata} if metadata else document
        resolvers = custom_resolvers(self)
        if resolvers:
            document = resolved(self, document, resolvers)
        return unshared(document) if copied else document


class _FileMetadata(Metadata):
    """The ``metadata`` of a document, and what was added to it since."""

    def __init__(self, document: JsonObject) -> None:
        self.in_file = object_at(document, "metadata")
        super().__init__(
            name=text_at(self.in_file, "name") or None,
            namespace=text_at(self.in_file, "namespace") or None,
            labels=_strings(self.in_file, "labels"),
            annotations=_strings(self.in_file, "annotations"),
            extra=None,
            foreign=True,
        )
        #: what Node had when it was first asked; the chart's labels and a generated name are in there
        self._first: JsonObject = {}

    def in_node(self, obj: cdk8s.ApiObject) -> cdk8s.ApiObjectMetadataDefinition:
        if self._in_node is None:
            found: cdk8s.ApiObjectMetadataDefinition = jsii.get(obj, "metadata")
            self._first = found.to_json() or {}
            self._in_node = found
            for key, value in self._added.items():
                found.add_label(key, value)
        return self._in_node

    def render(self, obj: cdk8s.ApiObject) -> JsonObject:
        if self._in_node is not None:
            return _with_additions(self.in_file, self._first, self.as_in_node(obj))
        if self._added:
            return _with_additions(self.in_file, {}, {"labels": {**self._added}})
        return self.in_file


def _with_additions(metadata: JsonObject, before: JsonObject, after: JsonObject) -> JsonObject:
    """``metadata`` with everything that ``after`` has and ``before`` has not; itself, where that is nothing."""
    changed: JsonObject = {}
    for key, value in after.items():
        old, present = before.get(key), metadata.get(key)
        if value == old:
            continue
        if isinstance(value, dict):
            changed[key] = _with_additions(object_at(metadata, key), object_at(before, key), value)
        elif isinstance(value, list):
            known = old if isinstance(old, list) else []
            changed[key] = [*(present if isinstance(present, list) else []), *(v for v in value if v not in known)]
        else:
            changed[key] = value
    return {**metadata, **changed} if changed else metadata


def _strings(metadata: JsonObject, key: str) -> dict[str, str]:
    """Labels or annotations for Node, which takes nothing but strings."""
    return {name: value for name, value in object_at(metadata, key).items() if isinstance(value, str)}


# --- from the file to its objects -------------------------------------------------------------------------------------


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        # no file system takes a NUL character, nor half of a surrogate pair
        reason = getattr(error, "strerror", None) or str(error)
        raise NotFound(f"path must be a YAML file that can be read, got {path!r}: {reason}") from None


def _objects(content: str | bytes, source: str) -> Iterator[JsonObject]:
    for at, document in enumerate(read_yaml(content, source=source)):
        yield from _flattened(document, content, source, at, "")


def _flattened(value: Json, content: str | bytes, source: str, at: int, item: str) -> Iterator[JsonObject]:
    """The object, or the objects of the list, as kubectl takes them apart."""
    wrong = _what_is_wrong(value)
    if wrong or not isinstance(value, dict):
        where = f"{source}: {_place_of(content, source, at)}{item}"
        raise InvalidValue(f"{where} must be an API object with apiVersion and kind, {wrong}")
    if is_list(value):
        for number, inner in enumerate(items_of(value)):
            yield from _flattened(inner, content, source, at, f"{item}, items[{number}]")
    else:
        yield value


def _what_is_wrong(value: Json) -> str:
    if not isinstance(value, dict):
        return "got a list" if isinstance(value, list) else f"got {'null' if value is None else repr(value)[:80]}"
    missing = [key for key in ("apiVersion", "kind") if not text_at(value, key)]
    if not missing:
        parts = text_at(value, "apiVersion").split("/")
        return f"got apiVersion {text_at(value, 'apiVersion')!r}" if len(parts) > 2 else ""
    return f"got one without {' and '.join(missing)}"


def _place_of(content: str | bytes, source: str, at: int) -> str:
    """Where the document stands, counted without the empty ones: read once more, a piece at a time."""
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    first, piece, seen = 1, list[str](), 0
    for line, written in enumerate([*text.split("\n"), "---"], 1):
        if not written.startswith("---"):
            piece.append(written)
            continue
        seen += len(read_yaml("\n".join(piece), source=source))
        if seen > at:
            blank = next((i for i, w in enumerate(piece) if w.strip() and not w.lstrip().startswith("#")), 0)
            return f"line {first + blank}"
        first, piece = line + 1, []
    return f"document {at + 1}"


def _id_of(document: JsonObject, taken: dict[str, int]) -> str:
    """The id that ``cdk8s.Include`` gives the object: name, kind and namespace."""
    metadata = object_at(document, "metadata")
    name = text_at(metadata, "name")
    if not name:
        # numbered among those without a name
        taken["object"] = taken.get("object", -1) + 1
        name = f"object{taken['object']}"
    parts = (name, text_at(document, "kind").lower(), text_at(metadata, "namespace"))
    return "-".join(part for part in parts if part)


def _unique(id: str, taken: dict[str, int]) -> str:
    """The id, numbered from the second of its kind on: a file may hold one object twice, and kubectl applies both."""
    key = f"id {id}"
    taken[key] = taken.get(key, 0) + 1
    return id if taken[key] == 1 else f"{id}-{taken[key]}"

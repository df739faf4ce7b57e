"""An API object whose body is plain JSON, rendered in Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from patterns import place, tree
from patterns.construct_meta import speaking
from patterns.errors import InvalidValue, PatternError, WrongType, trimmed
from patterns.json_patches import Patch, patched, patches_of
from patterns.metadata import Metadata, check_name
from patterns.model.json import Json, JsonObject, object_at, unshared
from patterns.model.plain_json import plain_object
from patterns.pod.checks.early import check_early
from patterns.resolvers import custom_resolvers, resolved
from patterns.waiting import Notes
from patterns.waivers import Waiver

import cdk8s  # isort: skip  # after patterns.tree, which finds Node
import jsii  # isort: skip

AnyConstruct = place.AnyConstruct

_API_VERSION = re.compile(r"([^/\s]+/)?[^/\s]+")


#: changes of somebody else's object: called with what its ``to_json()`` gives, the result is written
attachments: Notes[Callable[[JsonObject], JsonObject]] = Notes()


class Manifest(tree.ReadOnly, cdk8s.ApiObject, tree.Construct, metaclass=tree.ConstructMeta):
    """One manifest of any kind.

    It costs at most one message to Node, unless somebody asks for ``metadata``. JSON patches are applied last.

    Args:
        scope: the chart, or any construct below one.
        id: unique in its scope.
        api_version: such as ``"apps/v1"``.
        kind: such as ``"Deployment"``.
        body: everything besides ``apiVersion``, ``kind`` and ``metadata``, as plain JSON; the order of keys is kept.
            A subclass may override `render_body` instead.
        name: ``metadata.name``, a DNS-1123 subdomain; default the name that the chart generates.
        namespace: default the chart's; ``""`` renders none.
        labels: beside the chart's.
        annotations: of the object.
        metadata: everything else of ``metadata``, such as ``finalizers``.

    Raises:
        WrongType: for a value in ``body`` or ``metadata`` that JSON does not have.
        InvalidValue: for a name that Kubernetes refuses.
        NotFound: when there is no chart above.
    """

    #: the name that the chart generates, where a class has asked for it before
    _patterns_object_name: str | None = None

    if not TYPE_CHECKING:
        api_version = tree.Local(lambda self: self._patterns_manifest.api_version)
        kind = tree.Local(lambda self: self._patterns_manifest.kind)
        name = tree.Local(lambda self: self._patterns_manifest.name)
        chart = tree.Local(place.chart_of)
        # asking for it is how a label gets in behind our back, so it is read again when the object is rendered
        metadata = tree.Local(lambda self: self._patterns_manifest.metadata.in_node(self))

    def __init__(
        self,
        scope: AnyConstruct,
        id: str,
        *,
        api_version: str,
        kind: str,
        body: Mapping[str, Json] | None = None,
        name: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        metadata: Mapping[str, Json] | None = None,
    ) -> None:
        place.check_place(scope, id)
        _check_type(api_version, kind)
        own = Metadata(name=name, namespace=namespace, labels=labels, annotations=annotations, extra=metadata)
        chart = place.chart_of(scope)
        asked = own.name is None
        if own.name is None and "\n" not in id:
            own.name = self._patterns_object_name or tree.object_name(chart, place.join(place.path_of(scope), id), kind)
        if own.name is not None:
            check_name(own.name, api_version, kind, generated=asked)
        content = plain_object(body or {})
        for key in ("apiVersion", "kind", "metadata"):
            if key in content:
                raise InvalidValue(f"body must not hold {key!r}, which has an option of its own")
        self._patterns_manifest = ManifestState(api_version, kind, own.name or "", own, content)
        place.create(cdk8s.ApiObject, self, scope, id)
        of_node = own.name is None
        if own.name is None:
            # only Node knows it
            own.name = self._patterns_manifest.name = jsii.get(self, "name")
        own.inherit(chart)
        if of_node:
            check_name(own.name, api_version, kind, generated=asked)
        if type(self) is Manifest:
            self.check_early()

    def _patterns_props(self) -> tuple[object, ...]:
        own = self._patterns_manifest
        return ({"apiVersion": own.api_version, "kind": own.kind, "metadata": own.metadata.for_node()},)

    @property
    def namespace(self) -> str | None:
        """``metadata.namespace``, be it the object's own or the chart's."""
        return self._patterns_manifest.metadata.namespace

    @property
    def labels(self) -> dict[str, str]:
        """``metadata.labels`` as they were written, the chart's included."""
        return self._patterns_manifest.metadata.all_labels()

    @speaking
    def add_labels(self, labels: Mapping[str, str]) -> None:
        """Add labels; one that the object was given by ``labels=`` stays as it is, one of the chart's is replaced."""
        self._patterns_manifest.metadata.add_labels(labels)

    def _show_waiver(self, waiver: Waiver) -> None:
        self._patterns_manifest.metadata.add_annotation(waiver.annotation, waiver.because)

    def render_body(self) -> JsonObject:
        """Everything besides ``apiVersion``, ``kind`` and ``metadata``; asked for when the app is synthesized."""
        return self._patterns_manifest.body

    def _shared_body(self) -> JsonObject:
        """The same as plain JSON, which must not be changed: parts of it stand in other objects too."""
        if is_method(self.render_body, Manifest.render_body):
            return self._patterns_manifest.body
        return plain_object(self.render_body())

    def check_early(self) -> None:
        """Judge what is there by the rules that no later addition can satisfy.

        Raises:
            InvalidValue: with every finding.
        """
        own = self._patterns_manifest
        document: JsonObject = {"apiVersion": own.api_version, "kind": own.kind}
        # a chart of somebody else's may change the metadata yet, so only what was given here is looked at
        document.update(self._shared_body())
        document["metadata"] = {"name": own.name}
        check_early(document, place.target_of(self))

    def findings(self) -> list[str]:
        """What is wrong with the object as a whole, a sentence each; any finding stops the synthesis."""
        return []

    def to_json(self) -> Any:
        """The object as it is written: ``apiVersion``, ``kind``, ``metadata``, then the body in its own order.

        Raises:
            InvalidValue: when a JSON patch does not fit.
        """
        return self._document(copied=True)

    def _document(self, *, copied: bool = False) -> JsonObject:
        """The document; not ``copied``, it must not be changed."""
        own = self._patterns_manifest
        document = self.own_document(copied=copied)
        if own.change is not None:
            document = own.change(document)
            if copied:
                document = unshared(document)
        return patched(document, own.patches) if own.patches else document

    def own_document(self, *, copied: bool) -> JsonObject:
        """The document before `change_document` and JSON patches; not ``copied``, it must not be changed."""
        own = self._patterns_manifest
        resolvers = custom_resolvers(self)
        metadata = own.metadata.as_in_node(self) if resolvers else own.metadata.render(self)
        document: JsonObject = {"apiVersion": own.api_version, "kind": own.kind, "metadata": metadata}
        body = plain_object(self.render_body()) if copied else self._shared_body()
        for key in document.keys() & body.keys():
            raise InvalidValue(
                f"render_body() of {type(self).__name__} must not give {key!r}, which would be overwritten"
            )
        document.update(body)
        if resolvers:
            document = resolved(self, document, resolvers)
            document["metadata"] = own.metadata.in_order(object_at(document, "metadata"))
        return document

    def document(self) -> JsonObject:
        """What `to_json` gives, without a copy where there can be none: it must not be changed."""
        return self._document() if type(self).to_json is Manifest.to_json else plain_object(self.to_json(), "to_json()")

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        """Change the rendered object by JSON patches (RFC 6902), after everything else.

        Args:
            ops: operations such as ``cdk8s.JsonPatch.replace("/spec/replicas", 3)``.

        Raises:
            WrongType: for what is no `cdk8s.JsonPatch`.
        """
        try:
            self._patterns_manifest.patches += tuple(patches_of(ops))
        except PatternError as error:
            raise trimmed(error, f"{type(self).__name__} {place.path_of(self)!r}") from None

    @speaking
    def change_document(self, change: Callable[[JsonObject], JsonObject]) -> None:
        """Let ``change`` make the document that is rendered, of the one that would be; JSON patches come after it."""
        # parts of a pod stand in other pods too
        self._change_shared(lambda document: change(unshared(document)))

    def _change_shared(self, change: Callable[[JsonObject], JsonObject]) -> None:
        """The same with a function of ours, which changes nothing in place."""
        self._patterns_manifest.change = change


class ManifestState:
    """What a manifest knows of itself in Python."""

    __slots__ = ("api_version", "body", "change", "kind", "metadata", "name", "patches")

    def __init__(self, api_version: str, kind: str, name: str, metadata: Metadata, body: JsonObject) -> None:
        self.api_version = api_version
        self.kind = kind
        self.name = name
        self.metadata = metadata
        self.body = body
        self.patches: tuple[Patch, ...] = ()
        self.change: Callable[[JsonObject], JsonObject] | None = None


def is_method(method: Callable[..., object], function: Callable[..., object]) -> bool:
    """Whether a bound method is that function of this library, and none of a user's class or object."""
    return getattr(method, "__func__", None) is function


def _check_type(api_version: object, kind: object) -> None:
    for option, value in (("api_version", api_version), ("kind", kind)):
        if not isinstance(value, str):
            raise WrongType(f"{option} must be a string, got {type(value).__name__}")
    if not isinstance(api_version, str) or not _API_VERSION.fullmatch(api_version):
        raise InvalidValue(f"api_version must be VERSION or GROUP/VERSION, such as 'apps/v1', got {api_version!r}")
    if not kind:
        raise InvalidValue("kind must not be empty")

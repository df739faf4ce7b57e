"""The root of the tree, and how it becomes files."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from patterns import place, tree
from patterns.app_options import AppOptions
from patterns.collection import collection_paused
from patterns.default import Defaults
from patterns.errors import PatternError, PatternWarning, SynthesisError, trimmed
from patterns.files import (
    ChartDocuments,
    Document,
    Layout,
    file_per_app,
    file_per_chart,
    file_per_resource,
    folder_per_chart,
)
from patterns.findings import findings_of
from patterns.half_made import half_made, half_made_below
from patterns.judgement import Verdict, verdict
from patterns.manifest import Manifest, attachments
from patterns.model.json import JsonObject, text_at
from patterns.model.plain_json import plain_object
from patterns.output import write
from patterns.pod.checks.image_facts import ImageFacts
from patterns.pod.checks.pod_security import Level
from patterns.pod.checks.standards import Standards, minor_version
from patterns.pod.checks.subject import NEWEST
from patterns.remembered import Remembered
from patterns.resolvers import keep_resolvers
from patterns.synthesis import Order, guard_charts, order_in_python, order_of, refuse_circles_of_one
from patterns.waiting import Tree
from patterns.waivers import waivers_of
from patterns.yaml import write_yaml

import cdk8s  # isort: skip  # after patterns.place, which finds Node
from jsii.errors import JSIIError  # isort: skip


class App(tree.ReadOnly, cdk8s.App, tree.Construct):
    """A `cdk8s.App` that renders and writes in Python: the same documents in the same files, all of them or none.

    Args:
        outdir: where the files go; default the environment's ``CDK8S_OUTDIR``, else ``dist``. A relative path starts
            at the working directory of this moment.
        output_file_extension: of every file; default ``.k8s.yaml``.
        record_construct_metadata: write ``construct-metadata.json`` as well, the path of each object by its name;
            default whether the environment's ``CDK8S_RECORD_CONSTRUCT_METADATA`` is ``true``.
        resolvers: custom resolvers of values, asked before those of cdk8s.
        yaml_output_type: what is one file; default `cdk8s.YamlOutputType.FILE_PER_CHART`.
        defaults: replacements of the library's defaults, for the whole app.
        target: the Kubernetes version of the oldest cluster that the manifests are for, ``"1.28"`` to ``"1.37"``;
            default the newest. Patterns take the form that this version runs, and a field that it does not keep is
            refused.
        pod_security: the Pod Security level that the namespaces enforce; default what `Namespace` objects of the app
            say. https://kubernetes.io/docs/concepts/security/pod-security-standards/
        opinions: show findings that are only opinions as well, such as an image without a tag.
        image_facts: what is known of your own images, so that a pod which cannot run them is found: as whom they run,
            whether they have a shell, where they write.

    Findings that do not stop the synthesis are shown as warnings of the category `PatternWarning`.
    """

    if not TYPE_CHECKING:
        outdir = tree.Local(lambda self: self._patterns_options.outdir)
        output_file_extension = tree.Local(lambda self: self._patterns_options.extension)
        yaml_output_type = tree.Local(lambda self: self._patterns_options.output_type)

    def __init__(
        self,
        *,
        outdir: str | PathLike[str] | None = None,
        output_file_extension: str | None = None,
        record_construct_metadata: bool | None = None,
        resolvers: Sequence[cdk8s.IResolver] | None = None,
        yaml_output_type: cdk8s.YamlOutputType | None = None,
        defaults: Defaults | None = None,
        target: str = f"1.{NEWEST}",
        pod_security: Level | None = None,
        opinions: bool = False,
        image_facts: Sequence[ImageFacts] = (),
    ) -> None:
        checked_by_itself = ("outdir", "resolvers", "yaml_output_type")
        given = {name: value for name, value in locals().items() if name not in checked_by_itself}
        replacements = tree.checked_options(App, given)
        self._patterns_standards = Standards(
            target=minor_version(target), opinions=opinions, pod_security=pod_security, image_facts=tuple(image_facts)
        )
        self._patterns_options = AppOptions(
            outdir, output_file_extension, record_construct_metadata, resolvers, yaml_output_type
        )
        #: Node validates the tree, or expands its dependencies: validations of the root have nothing to do then
        self.synthesizing = False
        tree_of_app = Tree(self, cdk8s.App, self._patterns_options.for_node())
        place.keep_defaults(self, replacements)
        place.keep_target(self, self._patterns_standards.target)
        keep_resolvers(self, self._patterns_options.resolvers)
        if resolvers:
            # Node calls them for every object, and says here what is none
            tree_of_app.make()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        guard_charts(cls, App)

    @property
    def charts(self) -> list[cdk8s.Chart]:
        """The charts, those that others depend on first; none while Node validates, so that it writes none."""
        return [] if self.synthesizing else super().charts

    @collection_paused()
    def synth(self) -> None:
        """Write every chart to the output directory.

        Raises:
            SynthesisError: with everything that is wrong in the whole app; nothing was written.
        """
        order = self._order(super().synth)
        findings = half_made_below(self)
        charts = [self._rendered(chart, objects, findings) for chart, objects in order.charts]
        layout = self._layout(charts, order)
        judged = self._judged(layout.files)
        _raise_all([*findings, *layout.clashes, *judged.stops])
        files = {name: _text_of(name, documents, findings) for name, documents in judged.files.items()}
        _raise_all(findings)
        if self._patterns_options.record:
            files["construct-metadata.json"] = _construct_metadata(order)
        write(self._patterns_options.directory, files, layout.folders)
        _show(judged.shown)

    @collection_paused()
    def synth_yaml(self) -> str:
        """Every document of the app in one text.

        Raises:
            SynthesisError: with everything that is wrong in the whole app.
        """
        order = self._order(super().synth_yaml)
        findings = half_made_below(self)
        charts = [self._rendered(chart, objects, findings) for chart, objects in order.charts]
        everything = [document for chart in charts for document in chart.documents]
        judged = self._judged({"the app": everything})
        _raise_all([*findings, *judged.stops])
        text = _text_of("the app", judged.files["the app"], findings)
        _raise_all(findings)
        _show(judged.shown)
        return text

    def _ask_node(self, question: Callable[[], object]) -> None:
        """Let Node validate the tree and expand its dependencies; with no charts it writes nothing."""
        self.synthesizing = True
        try:
            question()
        finally:
            self.synthesizing = False

    def _order(self, question: Callable[[], object]) -> Order:
        order = order_in_python(self)
        try:
            if order is None:
                order = self._order_of_node(question)
            return order.of(self.charts) if place.overrides(self, App, "charts") else order
        except SynthesisError as error:
            raise trimmed(error) from None
        except (RuntimeError, JSIIError) as error:
            raise _failure(error) from None

    def _order_of_node(self, question: Callable[[], object]) -> Order:
        try:
            self._ask_node(question)
            return order_of(self)
        except RuntimeError as error:
            if "call stack" in str(error):
                # JavaScript's complaint of what depends on itself where something else depends on it
                refuse_circles_of_one(self.node.find_all())
            raise

    def _rendered(self, chart: cdk8s.Chart, objects: Sequence[cdk8s.ApiObject], findings: list[str]) -> ChartDocuments:
        folder = self._patterns_options.output_type is cdk8s.YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE
        path = place.path_of(chart)
        documents: list[Document] = []
        try:
            if not folder and place.overrides(chart, cdk8s.Chart, "to_json"):
                # somebody's chart that renders itself
                for at, document in enumerate(chart.to_json()):
                    documents.append(Document(plain_object(document, f"{path}[{at}]"), f"{path}[{at}]", "", ""))
            else:
                documents.extend(found for obj in objects if (found := _document(obj, findings, named=folder)))
        except PatternError as error:
            findings.append(f"{type(chart).__name__} {path!r}: {error}")
        except (RuntimeError, JSIIError) as error:
            raise _failure(error) from None
        return ChartDocuments(tree.generated_name(chart), path, documents)

    def _judged(self, files: Mapping[str, Sequence[Document]]) -> Verdict:
        return verdict(files, self._patterns_standards, waivers_of(self))

    def _layout(self, charts: Sequence[ChartDocuments], order: Order) -> Layout:
        extension = self._patterns_options.extension
        match self._patterns_options.output_type:
            case cdk8s.YamlOutputType.FILE_PER_APP:
                return file_per_app(charts, extension)
            case cdk8s.YamlOutputType.FILE_PER_RESOURCE:
                return file_per_resource(charts, extension)
            case cdk8s.YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
                return folder_per_chart(charts, extension, numbered=order.numbered)
            case _:
                return file_per_chart(charts, extension, numbered=order.numbered)


#: containers of all documents, which come as plain JSON
_blocks: Remembered[str] = Remembered()


def _document(obj: cdk8s.ApiObject, findings: list[str], *, named: bool) -> Document | None:
    """The object's document; None where there is a finding instead."""
    try:
        if isinstance(obj, Manifest):
            if half_made(obj):
                return None
            path = place.path_of(obj)
            wrong = findings_of(obj)
            findings.extend(wrong)
            return None if wrong else Document(obj.document(), path, obj.kind, obj.name, obj)
        document: JsonObject = obj.to_json()
        if not hasattr(obj.to_json, "__jsii_name__"):
            # written in Python, so nothing has passed through Node
            document = plain_object(document, "to_json()")
        attached = attachments.get(obj)
        if attached is not None:
            document = attached(document)
    except PatternError as error:
        findings.append(f"{type(obj).__name__} {place.path_of(obj)!r}: {error}")
        return None
    if named:
        return Document(document, _path_in_words(document), obj.kind, obj.name, obj)
    return Document(
        document, _path_in_words(document), text_at(document, "kind"), text_at(document, "metadata", "name"), obj
    )


def _path_in_words(document: JsonObject) -> str:
    """Somebody else's object as a message can name it, without asking Node for its path."""
    namespace = text_at(document, "metadata", "namespace")
    name = text_at(document, "metadata", "name")
    return f"{name} in {namespace}" if namespace else name


def _text_of(file: str, documents: Sequence[Document], findings: list[str]) -> str:
    try:
        return write_yaml([document.json for document in documents], blocks=_blocks) if documents else ""
    except PatternError as error:
        findings.append(f"{file}: {error}")
        return ""


def _construct_metadata(order: Order) -> str:
    paths: Mapping[str, object] = {
        obj.name: {"path": place.path_of(obj)} for _, objects in order.charts for obj in objects
    }
    return json.dumps({"version": "1.0.0", "resources": paths}, separators=(",", ":"), ensure_ascii=False)


def _show(findings: Sequence[str]) -> None:
    for finding in findings:
        warnings.warn(finding, PatternWarning, stacklevel=4)  # who called the decorated method that called this


def _raise_all(findings: Sequence[str]) -> None:
    if findings:
        raise SynthesisError("\n".join(findings), findings)


def _failure(error: Exception) -> Exception:
    """What the user should see of an error that came back from Node: his own exception, or cdk8s' own words."""
    raised = place.raised_in_python(error)
    if raised is not None:
        return raised
    text = str(error).removeprefix("Error: ")
    first, *rest = text.split("\n  [")
    return SynthesisError(text, [f"[{finding}" for finding in rest] or [first])

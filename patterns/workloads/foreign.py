"""Somebody else's object: what it renders, with the contributions to its pods, under every root."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import TypeAlias

from patterns import tree
from patterns.app import App
from patterns.errors import InvalidValue, NotFound, PatternError, SynthesisError
from patterns.half_made import still_below
from patterns.manifest import Manifest, attachments
from patterns.model.json import JsonObject
from patterns.model.plain_json import plain_object
from patterns.place import is_a
from patterns.pod.patch import Operation, Spelling, differences, operations, undoing
from patterns.pod.template import replaced, template_at
from patterns.waiting import Notes

import cdk8s  # isort: skip  # after patterns.place, which finds Node
import constructs  # isort: skip
import jsii  # isort: skip
from jsii.errors import JSIIError  # isort: skip

#: spellings of generated classes are learned field by field: a name, then a value, each of them at two depths at most
_ATTEMPTS = 5


#: adds what was contributed to the pod template at a path of a document; the second result says what does not fit
Merge: TypeAlias = Callable[[JsonObject, str], tuple[JsonObject, list[str]]]


class ForeignObject:
    """One API object that this library did not make, or a ``Manifest`` without options for its pods.

    Under ``patterns.App`` the contributions are merged into what ``to_json()`` gives. Under any other root a validation
    of the root makes JSON patches of them: nothing else that is added to somebody else's object is rendered.
    """

    def __init__(self, obj: cdk8s.ApiObject) -> None:
        self.obj = obj
        self._merges: dict[str, Merge] = {}
        #: pod templates by path: as they were before our patches, and as they are rendered since
        self._before: dict[str, JsonObject] = {}
        self._since: dict[str, JsonObject] = {}

    def __str__(self) -> str:
        return f"{self.obj.kind} {tree.path_of(self.obj)!r}"

    def read(self) -> JsonObject:
        """The object as it renders now, without contributions.

        Raises:
            NotFound: when it cannot be rendered (yet).
            InvalidValue: when it was changed after its contributions had become JSON patches.
        """
        return self._without_contributions(self._rendered())

    def join(self, path: str, merge: Merge) -> None:
        """Let contributions to the pod at ``path`` be rendered."""
        if not self._merges:
            if isinstance(self.obj, Manifest):
                self.obj._change_shared(self.merged)
            else:
                attachments.keep(self.obj, self.merged)
            _validation_of(tree.root_of(self.obj)).objects.append(self)
        self._merges[path] = merge

    def merged(self, document: JsonObject) -> JsonObject:
        """The rendered object with all contributions.

        Raises:
            SynthesisError: when they do not fit; every finding names its contributor.
        """
        changed, findings = self._merged(self._without_contributions(document))
        if findings:
            raise SynthesisError("; ".join(findings), findings)
        return changed

    def _merged(self, document: JsonObject) -> tuple[JsonObject, list[str]]:
        findings: list[str] = []
        for path, merge in self._merges.items():
            try:
                document, found = merge(document, path)
                findings += found
            except PatternError as error:
                findings.append(str(error))
        return document, findings

    def _rendered(self) -> JsonObject:
        if isinstance(self.obj, Manifest):
            # contributions go in before JSON patches, which have the last word on a manifest
            return self.obj.own_document(copied=False)
        try:
            document: JsonObject = self.obj.to_json()
        except (RuntimeError, JSIIError) as error:
            text = str(error).removeprefix("Error: ")
            if "TEST_OPERATION_FAILED" in text:
                raise InvalidValue(f"{self} {_CHANGED}") from None
            raise NotFound(f"{self} cannot be rendered yet: {text.splitlines()[0]}") from None
        return document if type(self.obj).to_json is cdk8s.ApiObject.to_json else plain_object(document, "to_json()")

    def _without_contributions(self, document: JsonObject) -> JsonObject:
        for path, since in self._since.items():
            if template_at(document, path) != since:
                raise InvalidValue(f"{self} {_CHANGED}")
            document = replaced(document, path, self._before[path])
        return document

    # --- under roots that are not ours ----------------------------------------------------------------------------

    @property
    def patched(self) -> bool:
        """Whether contributions have become JSON patches."""
        return bool(self._since)

    def findings(self, *, patch: bool) -> list[str]:
        """What is wrong with the contributions; where nothing is, they become JSON patches, if they are none yet."""
        try:
            current = self._rendered()
            original = self._without_contributions(current)
            wanted, findings = self._merged(original)
            if findings or not patch or isinstance(self.obj, Manifest) or wanted == current:
                return [f"{self}: {finding}" for finding in findings]
            lost = self._patch(current, wanted)
            if lost:
                return [f"{self}: {_lost(lost)}"]
            self._before = {path: template_at(original, path) for path in self._merges}
            self._since = {path: template_at(wanted, path) for path in self._merges}
            return []
        except (PatternError, RuntimeError, JSIIError) as error:
            return [str(error).splitlines()[0]]

    def _patch(self, current: JsonObject, wanted: JsonObject) -> list[str]:
        """Patch the object until it renders as wanted; the pointers to what it will not render."""
        spelling = Spelling()
        steps = operations(current, wanted)
        lost: list[str] = []
        for _ in range(_ATTEMPTS):
            spelled = [spelling.of(step) for step in steps]
            self.obj.add_json_patch(*map(_json_patch, spelled))
            lost = differences(wanted, self._rendered())
            if not lost:
                return []
            self.obj.add_json_patch(*map(_json_patch, undoing(spelled)))
            if not spelling.learn(lost, wanted):
                break
        return lost


_CHANGED = (
    "was changed after it had been rendered, when its contributions became JSON patches, which cannot follow; make the "
    "change before the first synthesis"
)


def _lost(pointers: list[str]) -> str:
    return (
        f"the class of this object drops {', '.join(pointers)}, and no JSON patch can bring it in; synthesize with "
        "patterns.App, which renders it in Python"
    )


def _json_patch(step: Operation) -> cdk8s.JsonPatch:
    match step.op:
        case "add":
            return cdk8s.JsonPatch.add(step.path, step.value)
        case "replace":
            return cdk8s.JsonPatch.replace(step.path, step.value)
        case "remove":
            return cdk8s.JsonPatch.remove(step.path)
        case _:
            return cdk8s.JsonPatch.test(step.path, step.value)


@jsii.implements(constructs.IValidation)
class _Contributions:
    """Runs before cdk8s renders anything, whoever asks for it: ``synth``, ``Chart.to_json`` or ``Testing.synth``."""

    def __init__(self, root: constructs.IConstruct) -> None:
        self.root = root
        self.objects: list[ForeignObject] = []
        self._call: FrameType | None = None
        self._findings: list[str] = []

    def validate(self) -> list[str]:
        """What is wrong; an exception would lose its type in Node."""
        call = _call_to_node()
        # one synth validates the whole app once more for each chart: the objects were seen to at the first time
        if call is None or call is not self._call:
            self._call = call
            self._findings = self._of_all()
        return self._findings

    def _of_all(self) -> list[str]:
        # patterns.App merges what it renders itself
        merging = isinstance(self.root, App) and self.root.synthesizing
        asked = [obj for obj in self.objects if obj.patched] if merging else self.objects
        there = still_below(self.root, asked, lambda foreign: foreign.obj) if asked else []
        return [finding for foreign in there for finding in foreign.findings(patch=not merging)]


def _call_to_node() -> FrameType | None:
    """The frame in which Python waits for Node, and answers what Node asks; the same one for all of one synth."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_name != "_callback_till_result":
        frame = frame.f_back
    return frame


_validations: Notes[_Contributions] = Notes()
_objects: Notes[ForeignObject] = Notes()


def _validation_of(root: constructs.IConstruct) -> _Contributions:
    validation = _validations.get(root)
    if validation is None:
        validation = _validations.keep(root, _Contributions(root))
        root.node.add_validation(validation)
    return validation


def foreign_object(obj: cdk8s.ApiObject) -> ForeignObject:
    """The one ForeignObject of an API object: wrappers in Python come and go, what they stand for has one reference."""
    return _objects.get(obj) or _objects.keep(obj, ForeignObject(obj))


def api_object_of(construct: constructs.IConstruct) -> cdk8s.ApiObject | None:
    """The construct itself, or the API object that it is made around, as in cdk8s-plus."""
    if is_a(construct, cdk8s.ApiObject):
        return construct  # type: ignore[return-value]  # or a proxy that answers as one
    try:
        return cdk8s.ApiObject.of(construct)
    except RuntimeError:
        return None

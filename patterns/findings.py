"""What is wrong with objects as a whole, told under every root: `patterns.App` asks by itself, others by validation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.errors import PatternError
from patterns.files import Document
from patterns.half_made import half_made, still_below
from patterns.judgement import verdict
from patterns.place import path_of, root_of
from patterns.pod.checks.standards import Standards
from patterns.waiting import Notes, when_made
from patterns.waivers import waivers_of

import constructs  # isort: skip  # after patterns.place, which finds Node
import jsii  # isort: skip

if TYPE_CHECKING:
    from patterns.manifest import Manifest


@jsii.implements(constructs.IValidation)
class _Findings:
    """One validation of the root for all objects below it: it costs three messages to Node for the whole app."""

    def __init__(self, root: constructs.IConstruct) -> None:
        self.root = root
        self.objects: list[Manifest] = []

    def validate(self) -> list[str]:
        """The findings of all objects; none while `patterns.App` synthesizes, which collects them itself."""
        if getattr(self.root, "synthesizing", False):
            return []
        # a half-made one has a finding already, and not all that a question to it needs
        objects = [obj for obj in still_below(self.root, self.objects) if not half_made(obj)]
        special = [finding for obj in objects for finding in findings_of(obj)]
        return special or self._judged(objects)

    def _judged(self, objects: Sequence[Manifest]) -> list[str]:
        """What the rules say; an exception would lose its type in Node."""
        try:
            documents = [Document(obj.document(), path_of(obj), obj.kind, obj.name, obj) for obj in objects]
        except PatternError:
            # it is raised again when the object is rendered
            return []
        return verdict({"": documents}, Standards(), waivers_of(self.root)).stops


_validations: Notes[_Findings] = Notes()


def findings_of(obj: Manifest) -> list[str]:
    """The object's findings, each with its path before it."""
    return [f"{type(obj).__name__} {path_of(obj)!r}: {finding}" for finding in obj.findings()]


def tell_findings(obj: Manifest) -> None:
    """Let the object's findings stop a synthesis under any root."""
    root = root_of(obj)
    validation = _validations.get(root)
    if validation is None:
        made = validation = _validations.keep(root, _Findings(root))
        when_made(root, lambda: root.node.add_validation(made))
    validation.objects.append(obj)

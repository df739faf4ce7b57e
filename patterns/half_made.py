"""Constructs whose ``__init__`` ended with an error that somebody caught: left in the tree, they stop its synthesis.

What such a construct was to add is missing in the YAML, and nobody would hear of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from patterns.errors import PatternError
from patterns.place import AnyConstruct, path_of, root_of, scope_of
from patterns.waiting import CanWait, Notes, reference_of, tree_of, when_made

import constructs  # isort: skip  # after patterns.place, which finds Node
import jsii  # isort: skip

C = TypeVar("C")


@jsii.implements(constructs.IValidation)
class _HalfMade:
    """One validation of the root for all of them, added with the first."""

    def __init__(self, root: AnyConstruct) -> None:
        self.root = root
        self.constructs: list[Any] = []

    def validate(self) -> list[str]:
        """A finding for each; none while `patterns.App` synthesizes, which asks by itself."""
        return [] if getattr(self.root, "synthesizing", False) else half_made_below(self.root)


_known: Notes[_HalfMade] = Notes()


def keep_half_made(construct: Any, error: BaseException) -> None:
    """Remember that the construct stands in the tree, and that its ``__init__`` ended with the error."""
    root = root_of(construct)
    known = _known.get(root)
    if known is None:
        made = known = _known.keep(root, _HalfMade(root))
        when_made(root, lambda: root.node.add_validation(made))
    who = f"{type(construct).__name__} {path_of(construct)!r}"
    if isinstance(error, PatternError):
        said = error.message if error.who == who else str(error)
    else:
        said = f"{type(error).__name__}: {error}"
    first = next(iter(said.splitlines()), "")
    finding = f"{who}: must not be left half-made; its error was caught: {first}; mend that, or take it out of the tree"
    finding += f": node.try_remove_child({path_of(construct).rpartition('/')[2]!r}) of its scope"
    # a class of the user's may say what is done with an attribute
    token = error.__dict__.setdefault("_patterns_failure", object())
    object.__setattr__(construct, "_patterns_half_made", _Failure(finding, token))
    known.constructs.append(construct)


class _Failure:
    __slots__ = ("error", "finding")

    def __init__(self, finding: str, error: object) -> None:
        self.finding = finding
        self.error = error


def half_made_below(root: AnyConstruct) -> list[str]:
    """A finding for each error that was caught, of the innermost construct that it left in the tree."""
    known = _known.get(root)
    if known is None:
        return []
    # the inner ones have failed first
    findings: dict[object, str] = {}
    for construct in still_below(root, known.constructs):
        failure = construct._patterns_half_made
        findings.setdefault(failure.error, failure.finding)
    return list(findings.values())


def half_made(construct: AnyConstruct) -> bool:
    """Whether the construct, or one above it, is half-made: what is missing in it is no finding of its own."""
    if not _known.may_be_above(construct):
        return False
    above: AnyConstruct | None = construct
    while above is not None and not (isinstance(above, CanWait) and above._patterns_half_made):
        above = scope_of(above)
    return above is not None


def _itself(construct: Any) -> Any:
    return construct


def still_below(root: AnyConstruct, placed: Iterable[C], construct_of: Callable[[C], Any] = _itself) -> list[C]:
    """Those whose construct nobody has taken out of the tree again, by one question to Node."""
    if tree_of(root) is not None:
        # Node, which takes them out, does not know them yet
        return list(placed)
    found = {reference_of(construct) for construct in root.node.find_all()}
    return [one for one in placed if reference_of(construct_of(one)) in found]

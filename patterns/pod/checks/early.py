"""What can be said of an object while it is still being composed, at the line of the user."""

from __future__ import annotations

from patterns.errors import InvalidValue
from patterns.model.json import JsonObject
from patterns.pod.checks import Object, judge
from patterns.pod.checks.subject import NEWEST, words_of


def check_early(document: JsonObject, target: int | None = None) -> None:
    """Judge a document by the rules that no later addition can satisfy.

    Args:
        document: the object as far as it is there.
        target: the minor version of the cluster; default the newest.

    Raises:
        InvalidValue: with every finding, each on a line of its own.
    """
    obj = Object(document, target=target or NEWEST)
    found = [finding for finding in judge(early=True).object(obj) if finding.stops]
    if found:
        raise InvalidValue("\n".join(f"{words_of(f.path)}: {f.message}; {f.fix} [{f.rule}]" for f in found))

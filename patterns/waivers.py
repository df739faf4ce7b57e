"""Waivers: rules that a team sets aside where they apply, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from patterns.errors import InvalidValue
from patterns.place import AnyConstruct, path_of, root_of
from patterns.pod.checks import Outcome, outcome_of
from patterns.pod.checks.waived import annotation_of
from patterns.waiting import Notes


@dataclass
class Waiver:
    """One rule set aside for a construct and everything below it.

    Args:
        path: of the construct; empty for the whole app.
        rule: the id of the rule.
        because: the reason, for a reviewer.
        used: whether it has waived something in the last synthesis.
    """

    path: str
    rule: str
    because: str
    used: bool = field(default=False, compare=False)

    def covers(self, path: str) -> bool:
        """Whether the construct at ``path`` is the waiver's, or below it."""
        return not self.path or path == self.path or path.startswith(f"{self.path}/")

    @property
    def annotation(self) -> str:
        """The key of the annotation that shows the reason in the YAML."""
        return annotation_of(self.rule)


_waivers: Notes[list[Waiver]] = Notes()


def keep_waiver(construct: AnyConstruct, rule: str, because: str, *, cluster_differs: bool) -> Waiver:
    """Remember a waiver for the app that the construct is in.

    Raises:
        InvalidValue: for a rule that is not there or cannot be waived, and without a reason.
    """
    if not because.strip() or not because.isprintable():
        raise InvalidValue(f"waive({rule!r}): because must be the reason, in one line of text, got {because!r}")
    outcome = outcome_of(rule)
    if outcome in (Outcome.REFUSED, Outcome.BROKEN) and not cluster_differs:
        what = "the API server refuses" if outcome is Outcome.REFUSED else "does not work in a cluster"
        raise InvalidValue(
            f"waive({rule!r}): the rule is about what {what}, so that it cannot be waived; where your cluster differs "
            "from Kubernetes' defaults, say so: cluster_differs=True"
        )
    waiver = Waiver(path_of(construct), rule, because)
    root = root_of(construct)
    _waivers.keep(root, [*waivers_of(root), waiver])
    return waiver


def waivers_of(root: AnyConstruct) -> list[Waiver]:
    """Every waiver below the root, in the order in which they were given."""
    return _waivers.get(root) or []

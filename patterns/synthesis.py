"""Which objects each chart has, in the order of cdk8s, found out with as few questions to Node as will do."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakSet

from patterns import place
from patterns.errors import SynthesisError, WrongType
from patterns.waiting import preorder, reference_of, tree_of

import cdk8s  # isort: skip  # after patterns.place, which finds Node
import constructs  # isort: skip


@dataclass(frozen=True)
class Order:
    """The charts of an app, each with its objects.

    Args:
        charts: those that others depend on come first.
        numbered: whether a chart depends on another one, for which cdk8s numbers the files.
    """

    charts: Sequence[tuple[cdk8s.Chart, Sequence[cdk8s.ApiObject]]]
    numbered: bool

    def of(self, charts: Sequence[cdk8s.Chart]) -> Order:
        """The order of these charts alone, as an app gives them whose class has a property ``charts`` of its own.

        Raises:
            SynthesisError: for one that is not in the app.
        """
        known = {reference_of(chart): (chart, objects) for chart, objects in self.charts}
        strange = [chart for chart in charts if reference_of(chart) not in known]
        if strange:
            raise SynthesisError(
                "charts must give charts of the app, got "
                f"{', '.join(f'{type(chart).__name__} {place.path_of(chart)!r}' for chart in strange)}; leave it out"
            )
        return Order([known[reference_of(chart)] for chart in charts], self.numbered)


def order_in_python(app: cdk8s.App) -> Order | None:
    """The order of an app of which Node knows nothing, so that it can hold no dependency and no validation.

    What depends on nothing comes in preorder, as ``node.find_all()`` gives it.

    Returns:
        ``None`` where Node has to be asked, also because charts in charts depend on each other.
    """
    if tree_of(app) is None:
        return None
    by_chart: dict[Hashable, tuple[cdk8s.Chart, list[cdk8s.ApiObject]]] = {}
    for construct in preorder(app):
        if place.is_a(construct, cdk8s.Chart):
            by_chart[reference_of(construct)] = (construct, [])
        elif place.is_a(construct, cdk8s.ApiObject):
            by_chart[reference_of(place.chart_of(construct))][1].append(construct)
    return None if _nested([chart for chart, _ in by_chart.values()]) else Order(list(by_chart.values()), False)


def order_of(app: cdk8s.App) -> Order:
    """The order in which cdk8s writes the app; its dependencies have to be expanded before.

    cdk8s orders each chart by itself. Where no chart depends on another, the chart's part of the whole app's order is
    the same: no edge crosses charts then, so that within a chart both graphs have the same roots, in the same order.
    """
    everything = _topology(app.node)
    _check_all_there(app, everything)
    charts = [cast("cdk8s.Chart", construct) for construct in everything if place.is_a(construct, cdk8s.Chart)]
    if not charts:
        return Order([], False)
    if _depend_on_each_other(charts):
        return Order([(chart, _objects_by_itself(chart)) for chart in charts], True)
    objects = _api_objects(everything)
    if not _nested(charts) and any(not place.is_known(obj) for obj in objects):
        _place_in_charts(app)
    by_chart: dict[Hashable, list[cdk8s.ApiObject]] = {reference_of(chart): [] for chart in charts}
    for obj in objects:
        above = place.chart_of(obj)
        if reference_of(above) not in by_chart:
            refuse_circles_of_one([above])
        by_chart[reference_of(above)].append(obj)
    return Order([(chart, by_chart[reference_of(chart)]) for chart in charts], False)


def _topology(node: constructs.Node) -> list[constructs.IConstruct]:
    return cdk8s.DependencyGraph(node).topology()


def _api_objects(found: Sequence[constructs.IConstruct]) -> list[cdk8s.ApiObject]:
    return [cast("cdk8s.ApiObject", construct) for construct in found if place.is_a(construct, cdk8s.ApiObject)]


def _objects_by_itself(chart: cdk8s.Chart) -> list[cdk8s.ApiObject]:
    own = reference_of(chart)
    found = _api_objects(_topology(chart.node))
    return [obj for obj in found if reference_of(place.chart_of(obj)) == own]


def _depend_on_each_other(charts: Sequence[cdk8s.Chart]) -> bool:
    """Whether any of the charts depends on another of them: its vertex is then not one of the roots of their graph."""
    roots = cdk8s.DependencyGraph(_Finds(charts)).root.outbound
    return len(roots) != len(charts)


class _Finds(constructs.Node):
    """A node that finds the given constructs, so that a graph of it holds the dependencies among them alone."""

    def __init__(self, found: Sequence[constructs.IConstruct]) -> None:
        self._found = list(found)
        # it needs a place of its own, in a tree that nobody sees
        root = constructs.RootConstruct("root")
        super().__init__(root, root, "finds")

    def find_all(self, order: constructs.ConstructOrder | None = None) -> list[constructs.IConstruct]:
        return self._found


def _nested(charts: Sequence[cdk8s.Chart]) -> bool:
    """Whether a chart is in another one; a chart depends on its children only, not on a chart deeper below."""
    paths = {place.path_of(chart) for chart in charts}
    return any(path[:at] in paths for path in paths for at, letter in enumerate(path) if letter == "/")


def _place_in_charts(app: cdk8s.App) -> None:
    """Tell everything its chart, with one question: in preorder, and without nested charts, it is the last one seen."""
    chart: cdk8s.Chart | None = None
    for construct in app.node.find_all():
        if place.is_a(construct, cdk8s.Chart):
            chart = cast("cdk8s.Chart", construct)
        elif chart is not None:
            place.keep_chart(construct, chart)


def _check_all_there(app: cdk8s.App, ordered: Sequence[constructs.IConstruct]) -> None:
    """Refuse a dependency of something on itself, with which cdk8s leaves it out of the files and says nothing.

    Node is asked only where something of ours is missing, which may also have been taken out of the tree.
    """
    there = {reference_of(construct) for construct in ordered}
    written = (cdk8s.Chart, cdk8s.ApiObject)
    if any(isinstance(own, written) and reference_of(own) not in there for own in preorder(app)):
        refuse_circles_of_one([found for found in app.node.find_all() if reference_of(found) not in there])


def refuse_circles_of_one(found: Sequence[constructs.IConstruct]) -> None:
    """Refuse what depends on itself; each one is asked.

    Raises:
        SynthesisError: with all of them.
    """
    findings = [
        f"{type(construct).__name__} {place.path_of(construct)!r}: must not depend on itself, for which cdk8s would "
        "leave it out; take out the add_dependency"
        for construct in found
        if any(reference_of(target) == reference_of(construct) for target in construct.node.dependencies)
    ]
    if findings:
        raise SynthesisError("\n".join(findings), findings)


#: what gives charts, and none while Node validates
_GUARDED: WeakSet[Any] = WeakSet()


def guard_charts(cls: type, app: type) -> None:
    """Let a class of a user's say which charts are written, and Node, which would write them while it validates, none.

    Args:
        cls: derived from ``app``.
        app: whose own ``charts`` does so by itself.
    """
    found = inspect.getattr_static(cls, "charts")
    if found is vars(app)["charts"]:
        return
    asked: Any = getattr(found, "fget", None) or getattr(found, "func", None)
    if asked is None:
        raise WrongType(f"{cls.__name__}: charts must be a property, got {type(found).__name__}")
    if asked in _GUARDED:
        return

    def guarded(self: Any) -> Any:
        return [] if self.synthesizing else asked(self)

    _GUARDED.add(guarded)
    setattr(cls, "charts", property(guarded, doc=asked.__doc__))  # noqa: B010 - type checkers refuse to assign

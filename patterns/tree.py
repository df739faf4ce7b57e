"""Our own constructs and charts, and what Python knows of the tree without a message to Node."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from patterns.construct_meta import ConstructMeta, WaitingMeta, check_options, speaking
from patterns.default import Defaults
from patterns.dns_label import dns_label
from patterns.model.names import check_labels
from patterns.place import (
    LEGACY_HASH,
    AnyConstruct,
    chart_of,
    create,
    defaults_of,
    keep_defaults,
    overrides,
    path_of,
    root_of,
    scope_of,
)
from patterns.waiting import CanWait, Notes
from patterns.waivers import Waiver, keep_waiver

import cdk8s  # isort: skip  # after patterns.place, which finds Node
import constructs  # isort: skip

__all__ = [
    "AnyConstruct",
    "Chart",
    "Construct",
    "ConstructMeta",
    "chart_of",
    "check_options",
    "defaults_of",
    "generated_name",
    "keep_defaults",
    "path_of",
    "root_of",
    "scope_of",
]


class Construct(CanWait, constructs.Construct, metaclass=WaitingMeta):
    """A construct: the parent of your own bundles of objects and patterns.

    It is made by a metaclass, and so is every class of this library: one of your own derives from
    ``type(patterns.Manifest)``, which goes with all of them, where it would derive from ``jsii.JSIIMeta`` under cdk8s.

    Args:
        scope: the construct that it is placed in.
        id: unique among the constructs of the scope.
    """

    def __init__(self, scope: constructs.Construct, id: str) -> None:
        create(constructs.Construct, self, scope, id)

    @speaking
    def waive(self, rule: str, *, because: str, cluster_differs: bool = False) -> None:
        """Set a rule aside for this construct and everything below it.

        The reason stands in the YAML, as an annotation of each object in which something was waived. A waiver that
        waives nothing is told at the synthesis.

        Args:
            rule: the id of the rule, such as ``"image-without-tag"`` or ``"pod-security/runAsUser"``.
            because: the reason, in one line.
            cluster_differs: the rule is about what Kubernetes refuses or cannot run, and this cluster can, such as
                with a feature gate that is off by default.

        Raises:
            InvalidValue: for a rule that is not there or cannot be waived, and without a reason.
        """
        self._show_waiver(keep_waiver(self, rule, because, cluster_differs=cluster_differs))

    def _show_waiver(self, waiver: Waiver) -> None:
        """Show the waiver in the YAML under any root; by default only `App` does, at its synthesis."""


class Local:
    """A property of Node's whose value is known in Python.

    jsii makes a callback from Node of every data descriptor that stands over a property of its own, so this is none;
    `ReadOnly` keeps it from being set.
    """

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self.original = next(vars(above)[name] for above in owner.__mro__[1:] if name in vars(above))

    def __get__(self, instance: Any, owner: type) -> Any:
        # the class has to answer with Node's property: jsii looks there for what subclasses override
        return self.original if instance is None else self.read(instance)


class ReadOnly:
    """Keeps what Node knows as well from being changed in Python alone."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _READ_ONLY and isinstance(inspect.getattr_static(type(self), name), Local):
            raise AttributeError(f"property {name!r} of {type(self).__name__!r} object has no setter")
        super().__setattr__(name, value)


_READ_ONLY = frozenset(
    {
        *("api_version", "chart", "kind", "labels", "metadata", "name", "namespace"),
        *("outdir", "output_file_extension", "yaml_output_type"),
    }
)


class _ChartFacts:
    __slots__ = ("hashed", "labels", "namespace")

    def __init__(self, namespace: str | None, labels: Mapping[str, str], hashed: bool | None) -> None:
        self.namespace = namespace
        self.labels = labels
        self.hashed = hashed


#: of charts that somebody else made
_charts: Notes[_ChartFacts] = Notes()


class Chart(ReadOnly, cdk8s.Chart, Construct):
    """One file of manifests, as `cdk8s.Chart` is.

    Args:
        scope: the app, or another chart.
        id: unique in its scope; the file is named after it.
        namespace: of every object in it that has none of its own; default none is rendered.
        labels: of every object in it.
        disable_resource_name_hashes: leave the hash out of generated names; they may clash then.
        defaults: replacements of the library's defaults, for everything in it.
    """

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        disable_resource_name_hashes: bool = False,
        defaults: Defaults | None = None,
    ) -> None:
        replacements = checked_options(Chart, locals())
        check_labels(labels or {})
        self._patterns_facts = _ChartFacts(namespace, dict(labels or {}), not disable_resource_name_hashes)
        create(cdk8s.Chart, self, scope, id)
        keep_defaults(self, replacements)

    if not TYPE_CHECKING:
        namespace = Local(lambda self: self._patterns_facts.namespace)
        labels = Local(lambda self: dict(self._patterns_facts.labels))

    def _patterns_props(self) -> tuple[object, ...]:
        own = self._patterns_facts
        named = {} if own.namespace is None else {"namespace": own.namespace}
        return ({"labels": {**own.labels}, "disableResourceNameHashes": not own.hashed, **named},)


def checked_options(cls: type, arguments: Mapping[str, object]) -> Defaults:
    """Check the options of a chart or an app, whose metaclass does not, and give its ``defaults``.

    Args:
        cls: whose options they are.
        arguments: what it got.
    """
    check_options(cls, arguments)
    replacements = arguments["defaults"]
    if replacements is None:
        return {}
    # it knows the whole catalogue, which is a slow import
    from patterns.replacements import checked

    return checked(replacements)


def of_chart(chart: cdk8s.Chart) -> tuple[str | None, Mapping[str, str]]:
    """The namespace and the labels that a chart gives to its objects. Somebody else's chart is asked once."""
    if overrides(chart, cdk8s.Chart, "namespace") or overrides(chart, cdk8s.Chart, "labels"):
        return chart.namespace, chart.labels
    facts = _facts_of(chart) or _charts.keep(chart, _ChartFacts(chart.namespace, chart.labels, None))
    return facts.namespace, facts.labels


def _facts_of(chart: cdk8s.Chart) -> _ChartFacts | None:
    return chart._patterns_facts if isinstance(chart, Chart) else _charts.get(chart)


def object_name(chart: cdk8s.Chart, path: str, kind: str) -> str | None:
    """The name that the chart gives to an object at ``path``; None where only the chart itself can tell."""
    facts = _facts_of(chart)
    if facts is None or facts.hashed is None or overrides(chart, cdk8s.Chart, "generate_object_name"):
        return None
    # a CronJob's name leaves 11 characters for those of its Jobs
    return label_of_path(path, root_of(chart), max_len=52 if kind == "CronJob" else 63, include_hash=facts.hashed)


def generated_name(
    construct: AnyConstruct,
    *,
    extra: tuple[str, ...] = (),
    max_len: int = 63,
    include_hash: bool = True,
    delimiter: str = "-",
) -> str:
    """``cdk8s.Names.to_dns_label``: unique and stable, from the construct's path.

    Args:
        construct: what the name is for.
        extra: parts of the name that come after the path.
        max_len: most characters, at least 8 with the hash.
        include_hash: whether a hash of the path comes last.
        delimiter: what stands between the parts.
    """
    return label_of_path(
        path_of(construct),
        root_of(construct),
        extra=extra,
        max_len=max_len,
        include_hash=include_hash,
        delimiter=delimiter,
    )


def label_of_path(
    path: str,
    root: AnyConstruct,
    *,
    extra: tuple[str, ...] = (),
    max_len: int = 63,
    include_hash: bool = True,
    delimiter: str = "-",
) -> str:
    """The name that a construct at ``path`` below ``root`` gets."""
    return dns_label(
        path,
        # the root's own id is hashed as well, and stands in the path only where it is not empty
        ids=[*([] if path_of(root) else [""]), *path.split("/")] if path else [""],
        extra=extra,
        max_len=max_len,
        include_hash=include_hash,
        delimiter=delimiter,
        legacy_hash=LEGACY_HASH,
    )

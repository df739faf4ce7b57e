"""Asks the rules about objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from patterns.model.json import JsonObject
from patterns.pod.checks.image_facts import FactsByRepository
from patterns.pod.checks.rule import Outcome, Problem, Rule
from patterns.pod.checks.subject import Container, Object, Objects, Pod, PodContainer, Steps, pointer_of
from patterns.pod.template import value_at
from patterns.remembered import Remembered, content_of

#: the version from which the server looks into them
_STATEFUL_SETS = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found in an object.

    Attributes:
        rule: the rule's id.
        outcome: what Kubernetes does with the object.
        path: to the value that is wrong, from the root of the object.
        message: what is wrong, with the container's name before it.
        fix: what to do.
        object: the object.
    """

    rule: str
    outcome: Outcome
    path: Steps
    message: str
    fix: str
    object: Object

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer."""
        return pointer_of(self.path)

    @property
    def stops(self) -> bool:
        """Whether it stops a synthesis."""
        return self.outcome in (Outcome.REFUSED, Outcome.BROKEN)


class Judge:
    """A set of rules, sorted by what they look at, so that each part of an object is visited once.

    Args:
        rules: the rules to ask.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        chosen = list(rules)
        self._of_part: dict[type[Container | Pod], list[Rule]] = {
            part: [rule for rule in chosen if rule.part is part] for part in (Pod, PodContainer, Container)
        }
        self._of_object = [rule for rule in chosen if rule.part is Object]
        self._of_kind: dict[str, list[Rule]] = {}
        self._of_fields: Remembered[list[Rule]] = Remembered()
        #: containers, and the facts of images by which they were found so
        self._faultless: tuple[FactsByRepository, Remembered[bool]] = ({}, Remembered())
        self._of_objects = [rule for rule in chosen if rule.part is Objects]

    def object(self, obj: Object) -> Iterator[Finding]:
        """What is wrong with one object by itself."""
        kind = f"{obj.group}/{obj.kind}" if obj.group or "/" in obj.kind else obj.kind
        rules = self._of_kind.get(kind)
        if rules is None:
            rules = self._of_kind[kind] = [rule for rule in self._of_object if not rule.only or kind in rule.only]
        for rule in rules:
            for problem in rule.check(obj):
                yield from _told(rule, problem, obj, obj)
        for pod in obj.pods:
            yield from self.pod(pod)

    def pod(self, pod: Pod) -> Iterator[Finding]:
        """What is wrong with one pod template of an object."""
        obj = pod.object
        for rule in self._asked(Pod, pod.spec, obj):
            for problem in rule.check(pod):
                yield from _told(rule, problem, pod, obj)
        for container in pod.all_containers:
            for rule in self._asked(PodContainer, container.json, obj):
                for problem in rule.check(container):
                    yield from _told(rule, problem, container, obj)
            yield from self._container(container, obj)

    def _container(self, container: PodContainer, obj: Object) -> Iterator[Finding]:
        """What is wrong with a container by itself: of those that were right once, nothing.

        Workloads of one app have many equal containers, such as what a pattern adds.
        """
        facts, faultless = self._faultless
        if container.facts is not facts:
            # one pair, so that another thread's answer by other facts is never among these
            faultless = Remembered()
            self._faultless = (container.facts, faultless)
        content = content_of(container.json)
        key = (content, container.setting)
        if faultless.get(key):
            return
        is_right = True
        for rule in self._asked(Container, container.json, obj):
            for problem in rule.check(container):
                is_right = False
                yield from _told(rule, problem, container, obj)
        if is_right and content is not None:
            faultless.keep(key, True)

    def _asked(self, part: type[Container | Pod], json: JsonObject, obj: Object) -> list[Rule]:
        """The rules that have something to look at; most pods and containers have the same few fields."""
        key = (part, obj.built_in, *json)
        found = self._of_fields.get(key)
        if found is None:
            # a controller may complete the pods of other kinds
            whole = [rule for rule in self._of_part[part] if obj.built_in or not rule.whole]
            found = [rule for rule in whole if not rule.only or not rule.only.isdisjoint(json)]
            self._of_fields.keep(key, found)
        return found

    def together(self, objects: Sequence[Object]) -> Iterator[Finding]:
        """What is wrong with objects only when they are seen together."""
        everything = Objects(objects)
        for rule in self._of_objects:
            for problem in rule.check(everything):
                if problem.of is not None:
                    yield _finding(rule, problem, problem.of, problem.of, rule.outcome)


def _told(rule: Rule, problem: Problem, part: PodContainer | Pod | Object, obj: Object) -> Iterator[Finding]:
    outcome = rule.outcome
    if outcome is Outcome.REFUSED and part is not obj and not _is_looked_into(obj):
        if not obj.built_in and _is_filled_in(obj, (*part.path, *problem.path)):
            return
        # the server takes the object, and the pods that its controller makes are refused
        outcome = Outcome.BROKEN
    yield _finding(rule, problem, part, obj, outcome)


def _is_looked_into(obj: Object) -> bool:
    """Whether the server judges the pod template when it takes the object: not in other kinds, nor in a StatefulSet
    before 1.34.
    """
    return obj.built_in and not (obj.target < _STATEFUL_SETS and obj.is_a("StatefulSet", "apps"))


def _is_filled_in(obj: Object, path: Steps) -> bool:
    """Whether the value is a place for another one, which a controller may put in."""
    value = value_at(obj.json, pointer_of(path))
    return isinstance(value, str) and ("${" in value or "{{" in value)


def _finding(rule: Rule, problem: Problem, part: PodContainer | Pod | Object, obj: Object, outcome: Outcome) -> Finding:
    where = part.where
    return Finding(
        rule=rule.id,
        outcome=outcome,
        path=(*part.path, *problem.path),
        message=f"{where}: {problem.message}" if where else problem.message,
        fix=problem.fix,
        object=obj,
    )

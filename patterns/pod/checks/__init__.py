"""Rules for whole pods and objects, as pure functions on their JSON.

A rule is one function with a decorator of `patterns.pod.checks.rule` in the module of its family, and its cases in
``tests/cases/``. Nothing has to be registered: `RULES` holds every rule of the modules named here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from patterns.errors import InvalidValue
from patterns.pod.checks.judge import Finding, Judge
from patterns.pod.checks.rule import Outcome, Problem, Rule
from patterns.pod.checks.subject import NEWEST, OLDEST, Container, Object, Objects, Pod

__all__ = [
    "NEWEST",
    "OLDEST",
    "Container",
    "Finding",
    "Judge",
    "Object",
    "Objects",
    "Outcome",
    "Pod",
    "Problem",
    "Rule",
    "judge",
    "outcome_of",
    "rules",
]

#: one module per family, in the order of the reference
FAMILIES = (
    "names",
    "mounts",
    "volumes",
    "environment",
    "ports",
    "probes",
    "lifecycle",
    "resources",
    "pod_resources",
    "security",
    "pod_settings",
    "pod_annotations",
    "windows",
    "scheduling",
    "affinity",
    "choices",
    "images",
    "known_images",
    "metadata",
    "data",
    "rbac",
    "services",
    "service_ports",
    "workloads",
    "jobs",
    "cron",
    "together",
    "network_policies",
    "fields",
    "versions",
)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by family in the order of its module."""
    return tuple(
        value
        for family in FAMILIES
        for value in vars(import_module(f"{__name__}.{family}")).values()
        if isinstance(value, Rule)
    )


@cache
def judge(*, opinions: bool = False, early: bool = False) -> Judge:
    """The judge of all rules.

    Args:
        opinions: of those too that are only our opinion.
        early: only of those that can be asked while something is being composed, because no later addition heals what
            they find.
    """
    return Judge(
        rule
        for rule in rules()
        if (opinions or rule.outcome is not Outcome.OPINION) and not (early and (rule.whole or rule.part is Objects))
    )


def outcome_of(rule: str) -> Outcome:
    """What Kubernetes does with an object that breaks the rule.

    What Pod Security forbids is an opinion of the namespace's owner.

    Raises:
        InvalidValue: when there is no rule of this id.
    """
    from patterns.model.fields import nearest
    from patterns.pod.checks.pod_security import CHECKS

    known = {known.id: known.outcome for known in rules()} | {check.id: Outcome.OPINION for check in CHECKS}
    if rule in known:
        return known[rule]
    near = nearest(rule, list(known))
    raise InvalidValue(f"there is no rule {rule!r}" + (f"; did you mean {near!r}" if near else ""))

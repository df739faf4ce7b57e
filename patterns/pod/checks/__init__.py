"""Rules for whole pods and objects, as pure functions on their JSON.

A rule is one function with a decorator of `patterns.pod.checks.rule` in the module of its family, and its cases in
``tests/cases/``. Nothing has to be registered: `RULES` holds every rule of the modules named here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

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
    "security",
    "pod_settings",
    "images",
    "known_images",
    "metadata",
    "data",
    "services",
    "workloads",
    "together",
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
def judge(*, opinions: bool = False) -> Judge:
    """The judge of all rules; with ``opinions`` of those too that are only our opinion."""
    return Judge(rule for rule in rules() if opinions or rule.outcome is not Outcome.OPINION)

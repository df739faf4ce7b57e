"""The variables of a ``subPathExpr``, for a further container that is to see the same directory of a volume.

Each container expands the expression with its own environment, and one without the variable never starts:
https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath-expanded-environment
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from patterns.errors import InvalidValue
from patterns.model import EnvVar, FieldPath, JsonObject, VolumeMount
from patterns.model.env import variables_in
from patterns.model.json import object_at, objects_at, text_at


def env_for(expr: str, pod_spec: JsonObject, containers: Iterable[str], own: Collection[str] = ()) -> list[EnvVar]:
    """The variables that another container needs to expand ``expr`` as these containers do.

    Literals and fields of the pod are copied, with what a literal refers to. They belong before the container's other
    variables, which may refer to them.

    Args:
        expr: a ``sub_path_expr``.
        pod_spec: the pod spec with the containers that mount the volume.
        containers: their names; all ``containers`` of the pod where none is named.
        own: names of the variables that the new container has already; they are not copied.

    Raises:
        InvalidValue: when a variable is in none of the containers, differs between them, or comes from what cannot
            be copied.
    """
    wanted = tuple(containers) or tuple(text_at(c, "name") for c in objects_at(pod_spec, "containers"))
    present = [c for key in ("initContainers", "containers") for c in objects_at(pod_spec, key)]
    environments = {text_at(c, "name"): _environment(c) for c in present if text_at(c, "name") in wanted}
    result: dict[str, EnvVar] = {}
    for name in variables_in(expr):
        if name not in own:
            _copy(name, _Source(expr, environments, own), result)
    return list(result.values())


class _Source:
    """The environments of the containers that are asked, and what stands in a message about them."""

    def __init__(self, expr: str, environments: dict[str, dict[str, JsonObject]], own: Collection[str]) -> None:
        self.expr = expr
        self.environments = environments
        self.own = own

    def error(self, name: str, problem: str) -> InvalidValue:
        return InvalidValue(
            f"sub_path_expr {self.expr!r} needs the variable {name!r}, {problem}; write it in env of the new "
            f'container yourself, with the same value: env={{"{name}": ...}}'
        )

    def variable(self, name: str) -> JsonObject:
        holders = {c: env[name] for c, env in self.environments.items() if name in env}
        if not holders:
            listed = ", ".join(repr(c) for c in self.environments) or "the pod"
            raise self.error(name, f"which stands in no env of {listed}")
        first, *others = holders
        for other in others:
            if holders[other] != holders[first]:
                raise self.error(name, f"which has one value in container {first!r} and another in {other!r}")
        return holders[first]


def _environment(container: JsonObject) -> dict[str, JsonObject]:
    """The variables by name; of two with one name the last one counts."""
    return {text_at(variable, "name"): variable for variable in objects_at(container, "env")}


def _copy(name: str, source: _Source, result: dict[str, EnvVar]) -> None:
    """Put the variable into the result, after those that its text refers to."""
    if name in result:
        return
    variable = source.variable(name)
    field = object_at(variable, "valueFrom", "fieldRef")
    if field:
        result[name] = EnvVar(name, FieldPath(text_at(field, "fieldPath")), classic_name=True)
        return
    if "valueFrom" in variable:
        kind = next(iter(object_at(variable, "valueFrom")), "valueFrom")
        raise source.error(name, f"which comes from a {kind}, and only literals and fields of the pod are copied")
    text = text_at(variable, "value")
    for other in variables_in(text):
        # one that is not there, or comes later, is left as it is written
        if any(_before(environment, other, name) for environment in source.environments.values()):
            if other in source.own:
                raise source.error(name, f"whose value {text!r} refers to {other!r}, which env gives as well")
            _copy(other, source, result)
    result[name] = EnvVar(name, text, classic_name=True, not_secret="part of a path, and written in the pod already")


def _before(environment: dict[str, JsonObject], first: str, second: str) -> bool:
    names = list(environment)
    return first in names and second in names and names.index(first) < names.index(second)


def with_expansion(
    mount: VolumeMount, env: Iterable[EnvVar], spec: JsonObject, containers: Iterable[str]
) -> tuple[EnvVar, ...]:
    """The variables, after those that a container needs to see the directory of the application's ``sub_path_expr``.

    Raises:
        InvalidValue: when one of them cannot be copied from these containers.
    """
    own = tuple(env)
    if not mount.sub_path_expr:
        return own
    return (*env_for(mount.sub_path_expr, spec, containers, {variable.name for variable in own}), *own)

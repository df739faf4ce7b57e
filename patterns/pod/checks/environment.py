"""Rules for environment variables."""

from __future__ import annotations

import re

from patterns.model.env_source import BYTE_UNITS, CPU_UNITS, POD_FIELDS, RUNNING_FIELDS
from patterns.model.json import JsonObject, object_at, text_at
from patterns.model.names import annotation_key, config_map_key, env_name, label_key
from patterns.model.secrets import is_literal_secret, is_secret_value
from patterns.pod.checks.reading import complaint
from patterns.pod.checks.resources import quantity_of
from patterns.pod.checks.rule import (
    VALIDATION,
    WARNINGS,
    Outcome,
    Problem,
    Problems,
    container_rule,
    pod_container_rule,
)
from patterns.pod.checks.subject import Container, PodContainer, Steps

_FROM = f"{VALIDATION} validateEnvVarValueFrom"
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_FIELDS = (*POD_FIELDS, *RUNNING_FIELDS)
_OF_METADATA = re.compile(r"metadata\.(labels|annotations)\['([^']*)'\]")
_RESOURCE = re.compile(r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)")
_RELAXED = re.compile(r"[ -<>-~]+")


def _env_name_problem(name: str, minor: int) -> str:
    """What is wrong with a name; since 1.32 any printable ASCII but ``=`` will do."""
    if minor >= 32:
        return "" if _RELAXED.fullmatch(name) else f"name must be printable ASCII without '=', got {name!r}"
    return complaint(_classic_name, name, "name")


def _classic_name(name: str, what: str) -> None:
    env_name(name, what, classic=True)


@container_rule("env-name", Outcome.REFUSED, source=f"{VALIDATION} ValidateEnv; KEP-4369", fields=("env", "envFrom"))
def env_name_form(container: Container) -> Problems:
    """A variable's name has no ``=``; before 1.32 it is letters, digits, dashes, underscores and dots."""
    for at, variable in container.entries("env"):
        name = variable.get("name")
        if name is None or name == "":
            yield Problem(("env", at, "name"), "name must be given, got none", "name the variable")
        elif isinstance(name, str) and (said := _env_name_problem(name, container.target)):
            yield Problem(("env", at, "name"), said, "rename the variable")
    for at, source in container.entries("envFrom"):
        prefix = text_at(source, "prefix")
        if prefix and (said := _env_name_problem(prefix, container.target)):
            yield Problem(("envFrom", at, "prefix"), said.replace("name", "prefix", 1), "write another prefix")


@container_rule("env-name-for-shells", Outcome.OPINION, source="POSIX: Shell Command Language, 2.5.3", fields=("env",))
def env_name_for_shells(container: Container) -> Problems:
    """A shell reads no variable whose name is not letters, digits and underscores, with no digit first."""
    for at, variable in container.entries("env"):
        name = text_at(variable, "name")
        if name and not _env_name_problem(name, container.target) and complaint(env_name, name, "name"):
            message = f"name must be letters, digits and '_', no digit first, for a shell to read it, got {name!r}"
            yield Problem(("env", at, "name"), message, "rename the variable, where a shell reads it")


@container_rule("duplicate-env", Outcome.WARNED, source=WARNINGS, fields=("env",))
def duplicate_env(container: Container) -> Problems:
    """Of two variables of one name the later one hides the other, and server-side apply refuses them."""
    seen: set[str] = set()
    for at, variable in container.entries("env"):
        name = text_at(variable, "name")
        reference = f"$({name})"
        value = text_at(variable, "value")
        if name in seen and (variable.get("valueFrom") is not None or value == reference or reference not in value):
            message = f"a variable must be set once, got {name!r} again, which hides the one before"
            yield Problem(("env", at), message, "remove one of them")
        seen.add(name)


@container_rule("env-source", Outcome.REFUSED, source=_FROM, fields=("env",))
def env_source(container: Container) -> Problems:
    """A variable has a value, or one source of it."""
    for at, variable in container.entries("env"):
        source = variable.get("valueFrom")
        if not isinstance(source, dict):
            continue
        found = [kind for kind in _SOURCES if source.get(kind) is not None]
        path: Steps = ("env", at, "valueFrom")
        if text_at(variable, "value") and found:
            yield Problem(path, "valueFrom must not stand beside value", "keep one of them")
        elif len(found) != 1:
            yield Problem(
                path, f"valueFrom must have one source, got {' and '.join(found) or 'none'}", "keep one of them"
            )
        for kind in ("configMapKeyRef", "secretKeyRef"):
            reference = source.get(kind)
            if isinstance(reference, dict):
                yield from _reference(reference, (*path, kind))


def _reference(reference: JsonObject, path: Steps) -> Problems:
    if not text_at(reference, "name"):
        yield Problem((*path, "name"), "name must be given, got none", "name the ConfigMap or Secret")
    key = text_at(reference, "key")
    if not key:
        yield Problem((*path, "key"), "key must be given, got none", "name the key")
    elif said := complaint(config_map_key, key, "key"):
        yield Problem((*path, "key"), said, "write the key as it is in the object")


@container_rule("env-from-source", Outcome.REFUSED, source=f"{VALIDATION} ValidateEnvFrom", fields=("envFrom",))
def env_from_source(container: Container) -> Problems:
    """``envFrom`` takes all keys of one ConfigMap or one Secret."""
    for at, source in container.entries("envFrom"):
        found = [kind for kind in ("configMapRef", "secretRef") if isinstance(source.get(kind), dict)]
        path: Steps = ("envFrom", at)
        if len(found) != 1:
            message = f"envFrom must have configMapRef or secretRef, got {' and '.join(found) or 'none'}"
            yield Problem(path, message, "keep one of them")
        elif not text_at(source, found[0], "name"):
            yield Problem((*path, found[0], "name"), "name must be given, got none", "name the object")


@container_rule("env-field", Outcome.REFUSED, source=f"{VALIDATION} validateObjectFieldSelector", fields=("env",))
def env_field(container: Container) -> Problems:
    """A few fields of the pod can be read by its containers."""
    for at, variable in container.entries("env"):
        reference = object_at(variable, "valueFrom").get("fieldRef")
        if not isinstance(reference, dict):
            continue
        path = text_at(reference, "fieldPath")
        where: Steps = ("env", at, "valueFrom", "fieldRef", "fieldPath")
        match = _OF_METADATA.fullmatch(path)
        if match:
            check = label_key if match[1] == "labels" else annotation_key
            if said := complaint(check, match[2], f"the key in {path}"):
                yield Problem(where, said, "write the key of a label or annotation")
        elif path not in _FIELDS:
            message = f"fieldPath must be one of {', '.join(_FIELDS)}, metadata.labels['<key>'], got {path or 'none'!r}"
            yield Problem(where, message, "choose one of them")


@container_rule(
    "env-resource", Outcome.REFUSED, source=f"{VALIDATION} validateContainerResourceFieldSelector", fields=("env",)
)
def env_resource(container: Container) -> Problems:
    """A container can read requests and limits, in whole units."""
    for at, variable in container.entries("env"):
        reference = object_at(variable, "valueFrom").get("resourceFieldRef")
        if not isinstance(reference, dict):
            continue
        resource = text_at(reference, "resource")
        where: Steps = ("env", at, "valueFrom", "resourceFieldRef")
        match = _RESOURCE.fullmatch(resource)
        if match is None:
            message = (
                f"resource must be limits or requests of cpu, memory or ephemeral-storage, got {resource or 'none'!r}"
            )
            yield Problem((*where, "resource"), message, "write such as limits.memory")
            continue
        divisor = quantity_of(reference.get("divisor"))
        known = [quantity_of(one) for one in (CPU_UNITS if match[2] == "cpu" else BYTE_UNITS)]
        if divisor is not None and divisor.numerator != 0 and divisor not in known:
            message = f"divisor must be a unit such as 1{'m' if match[2] == 'cpu' else 'Mi'}, got {divisor}"
            yield Problem((*where, "divisor"), message, "write one unit")


@pod_container_rule(
    "env-resource-of-nobody",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: CreateContainerConfigError",
    whole=True,
    fields=("env",),
)
def env_resource_of_nobody(container: PodContainer) -> Problems:
    """``resourceFieldRef`` may name another container; where there is none of that name the pod never starts."""
    for at, variable in container.entries("env"):
        name = text_at(variable, "valueFrom", "resourceFieldRef", "containerName")
        if name and name not in {other.name for other in container.pod.all_containers}:
            message = f"containerName must be that of a container of the pod, got {name!r}"
            yield Problem(("env", at, "valueFrom", "resourceFieldRef", "containerName"), message, "mend the name")


@container_rule(
    "literal-secret",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    fields=("env",),
)
def literal_secret(container: Container) -> Problems:
    """A password in a manifest is in the repository, and in ``kubectl describe``."""
    for at, variable in container.entries("env"):
        name, value = text_at(variable, "name"), text_at(variable, "value")
        if value and (is_secret_value(value) or is_literal_secret(name, value)):
            message = f"{name} must come from a Secret, got a literal value"
            yield Problem(("env", at, "value"), message, "write valueFrom: {secretKeyRef: ...}")

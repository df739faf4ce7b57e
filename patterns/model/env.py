"""Environment variables: a literal, or one typed source.

https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar, TypeAlias

from patterns.errors import InvalidValue, WrongType
from patterns.model.api_value import ApiValue, plain
from patterns.model.articles import a
from patterns.model.env_source import ConfigMapKey, FieldPath, FileKey, ResourceField, SecretKey
from patterns.model.json import JsonObject
from patterns.model.names import dns_subdomain, env_name, process_text
from patterns.model.secrets import check_variable
from patterns.model.value import dataclass, within

# as the kubelet reads it: a dollar takes the next character with it, so that `$$(A)` is the text `$(A)`
# https://pkg.go.dev/k8s.io/kubernetes/third_party/forked/golang/expansion
_REFERENCE = re.compile(r"\$(?:\((?P<name>[^)]*)\)|.)", re.DOTALL)

#: where a variable's value comes from
EnvSource: TypeAlias = SecretKey | ConfigMapKey | FieldPath | ResourceField | FileKey


@dataclass(frozen=True, kw_only=True)
class EnvVar(ApiValue):
    """An environment variable.

    Kubernetes expands ``$(NAME)`` in a literal; `literal` keeps it from that.

    Args:
        name: a C identifier, as shells read it.
        value: the text itself, or its one source.
        classic_name: allow dashes and dots in the name too.
        not_secret: the reason why a literal that looks like a secret is none; not rendered.

    Raises:
        InvalidValue: for a bad name, a NUL character, or a literal that looks like a secret.
    """

    kubernetes: ClassVar[str] = "EnvVar"
    json_names: ClassVar[dict[str, str]] = {"classic_name": "", "not_secret": ""}
    also: ClassVar[dict[str, str]] = {"valueFrom": "value"}
    name: str = field(kw_only=False)
    value: str | SecretKey | ConfigMapKey | FieldPath | ResourceField | FileKey = field(kw_only=False)
    classic_name: bool = False
    not_secret: str | None = None

    def __post_init__(self) -> None:
        env_name(self.name, "name", classic=self.classic_name)
        if isinstance(self.value, FieldPath):
            self.value.check_in_env()
        elif isinstance(self.value, str):
            process_text(self.value, "value")
            if self.not_secret is None:
                check_variable(self.name, self.value)
            elif not self.not_secret.strip():
                raise InvalidValue(
                    "not_secret must give the reason why the value is no secret, got " + repr(self.not_secret)
                )

    def render(self) -> JsonObject:
        """The variable as it stands in ``env``."""
        value = self.value
        if isinstance(value, str):
            result: JsonObject = {"name": self.name, "value": value}
        else:
            result = {"name": self.name, "valueFrom": {value.source_key: plain(value)}}
        self.add_extra(result)
        return result


@dataclass(frozen=True, kw_only=True)
class EnvFrom(ApiValue):
    """All keys of a ConfigMap or a Secret as environment variables.

    Args:
        config_map: name of a ConfigMap.
        secret: name of a Secret; exactly one of both.
        prefix: put before every key.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "EnvFromSource"
    json_names: ClassVar[dict[str, str]] = {"config_map": "configMapRef", "secret": "secretRef", "optional": ""}
    config_map: str | None = None
    secret: str | None = None
    prefix: str | None = None
    optional: bool | None = None

    def __post_init__(self) -> None:
        if (self.config_map is None) == (self.secret is None):
            raise InvalidValue("give either config_map= or secret=")
        if self.config_map is not None:
            dns_subdomain(self.config_map, "config_map")
        if self.secret is not None:
            dns_subdomain(self.secret, "secret")
        if self.prefix:
            env_name(self.prefix, "prefix", classic=True)

    def render(self) -> JsonObject:
        """The source as it stands in ``envFrom``."""
        key, name = ("configMapRef", self.config_map) if self.config_map is not None else ("secretRef", self.secret)
        result: JsonObject = {} if self.prefix is None else {"prefix": self.prefix}
        result[key] = {"name": name} if self.optional is None else {"name": name, "optional": self.optional}
        self.add_extra(result)
        return result


def variables_of(env: Mapping[str, str | EnvSource] | Sequence[EnvVar]) -> tuple[EnvVar, ...]:
    """``env=`` in its full form."""
    if not isinstance(env, Mapping):
        return tuple(env)
    full: list[EnvVar] = []
    for name, value in env.items():
        with within(f"env[{name!r}]"):
            full.append(EnvVar(name, value))
    return tuple(full)


def variables_in(text: str) -> tuple[str, ...]:
    """The names in ``$(NAME)`` of a text that Kubernetes expands, each once, in order."""
    names = (reference["name"] for reference in _REFERENCE.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def literal(text: str) -> str:
    """Text that Kubernetes leaves as it is: ``$(VAR)`` in arguments and variables is written ``$$(VAR)``.

    https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    # most text of a pod passes here, so there is no decorator
    if not isinstance(text, str):
        raise WrongType(f"literal: text must be a str, got {a(type(text).__name__)} {text!r}")
    # a dollar before a dollar is an escape by itself, so each one that leads to a bracket is doubled
    return re.sub(r"\$+(?=\(|\$)", lambda dollars: dollars[0] * 2, text)

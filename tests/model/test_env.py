"""Environment variables. More of what they refuse is in the table `tests/bad_input`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError
from patterns.model import (
    ConfigMapKey,
    EnvFrom,
    EnvSource,
    EnvVar,
    FieldPath,
    FileKey,
    JsonObject,
    ResourceField,
    SecretKey,
    literal,
)

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: EnvVar("", "a"),
        InvalidValue,
        "EnvVar '': name must be a C identifier (letters, digits and '_', no digit first), got ''",
    ),
    (
        lambda: EnvVar("Ä", "a"),
        InvalidValue,
        ("EnvVar 'Ä': name must be a C identifier (letters, digits and '_', no digit first), got 'Ä'"),
    ),
    (
        lambda: EnvVar("..a", "a", classic_name=True),
        InvalidValue,
        "EnvVar '..a': name must be letters, digits, '-', '_' and '.', no digit first, got '..a'",
    ),
    (
        lambda: EnvVar("DB_PASSWORD", "hunter22", not_secret=" "),
        InvalidValue,
        "EnvVar 'DB_PASSWORD': not_secret must give the reason why the value is no secret, got ' '",
    ),
    (
        lambda: EnvVar("A", FieldPath("metadata.labels")),
        InvalidValue,
        ("EnvVar 'A': path must name one key in a variable, got 'metadata.labels'; write \"metadata.labels['<key>']\""),
    ),
    (
        lambda: FieldPath("spec.nodename"),
        InvalidValue,
        (
            "FieldPath: path must be one of metadata.name, metadata.namespace, metadata.uid, "
            "spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, status.podIP, "
            "status.podIPs, metadata.labels['<key>'] or metadata.annotations['<key>'], got "
            "'spec.nodename'; did you mean 'spec.nodeName'"
        ),
    ),
    (
        lambda: ResourceField("limits.memory", divisor="0"),
        InvalidValue,
        (
            "ResourceField: divisor of limits.memory must be one of 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, "
            "1Pi, 1Ei, got '0'"
        ),
    ),
    (
        lambda: ResourceField("limits.memory", divisor="1MB"),
        InvalidValue,
        (
            "ResourceField: divisor must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, "
            "got '1MB'; write 1M or 1Mi"
        ),
    ),
    (
        lambda: SecretKey("es", "a/b"),
        InvalidValue,
        (
            "SecretKey 'es': key must be at most 253 letters, digits, '-', '_' and '.', and not '.' "
            "or begin with '..', got 'a/b'; a path goes into items={<key>: <path>} of a volume"
        ),
    ),
    (
        lambda: ConfigMapKey("es", ".."),
        InvalidValue,
        (
            "ConfigMapKey 'es': key must be at most 253 letters, digits, '-', '_' and '.', and not "
            "'.' or begin with '..', got '..'"
        ),
    ),
    (
        lambda: FileKey(volume_name="env", path="../env", key="A"),
        InvalidValue,
        "FileKey: path must be a path without '..', got '../env'",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


SOURCES: list[tuple[EnvSource, JsonObject]] = [
    (SecretKey("es", "password"), {"secretKeyRef": {"name": "es", "key": "password"}}),
    (ConfigMapKey("cfg", "a.b", optional=True), {"configMapKeyRef": {"name": "cfg", "key": "a.b", "optional": True}}),
    (FieldPath("status.podIP"), {"fieldRef": {"fieldPath": "status.podIP"}}),
    (FieldPath("metadata.labels['a/b']"), {"fieldRef": {"fieldPath": "metadata.labels['a/b']"}}),
    (
        ResourceField("limits.memory", container_name="app", divisor="1Mi"),
        {"resourceFieldRef": {"resource": "limits.memory", "containerName": "app", "divisor": "1Mi"}},
    ),
    (
        FileKey(volume_name="env", path="a.env", key="A"),
        {"fileKeyRef": {"volumeName": "env", "path": "a.env", "key": "A"}},
    ),
]


@pytest.mark.parametrize(("source", "expected"), SOURCES)
def test_renders_one_source(source: EnvSource, expected: JsonObject) -> None:
    assert EnvVar("A", source).render() == {"name": "A", "valueFrom": expected}


@pytest.mark.parametrize(
    ("resource", "divisor"),
    [
        ("limits.cpu", 1),
        ("requests.cpu", "1m"),
        ("limits.memory", "1E"),
        ("limits.ephemeral-storage", "1Ki"),
        ("limits.hugepages-1Gi", "1Mi"),
    ],
)
def test_takes_every_unit_that_the_server_gives(resource: str, divisor: str | int) -> None:
    assert ResourceField(resource, divisor=divisor).render() == {"resource": resource, "divisor": divisor}


def test_tabs_and_line_breaks_are_text() -> None:
    assert EnvVar("A", "a\tb\r\nc\x7f").render() == {"name": "A", "value": "a\tb\r\nc\x7f"}


def test_renders_a_literal_even_an_empty_one() -> None:
    assert EnvVar("A", "").render() == {"name": "A", "value": ""}
    assert EnvVar("my.var", "$(B)", classic_name=True).render() == {"name": "my.var", "value": "$(B)"}


def test_a_reason_opens_what_looks_like_a_secret_and_is_not_rendered() -> None:
    variable = EnvVar("RESET_TOKEN", "every-month", not_secret="how often a token is reset")
    assert variable.render() == {"name": "RESET_TOKEN", "value": "every-month"}


def test_renders_all_keys_of_a_config_map_or_secret() -> None:
    assert EnvFrom(secret="es", prefix="ES_").render() == {"prefix": "ES_", "secretRef": {"name": "es"}}
    assert EnvFrom(config_map="c", optional=True).render() == {"configMapRef": {"name": "c", "optional": True}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$(A)", "$$(A)"), ("$A", "$A"), ("a$$b", "a$$$b"), ("$$(A)", "$$$$(A)"), ("cost: 5$", "cost: 5$"), ("$(", "$$(")],
)
def test_literal_keeps_kubernetes_from_expanding(text: str, expected: str) -> None:
    assert literal(text) == expected
    assert expanded(expected) == text


def expanded(text: str) -> str:
    """As a kubelet reads it where no variable is known: third_party/forked/golang/expansion/expand.go."""
    result, at = "", 0
    while at < len(text):
        if text[at] == "$" and at + 1 < len(text):
            following = text[at + 1]
            end = text.find(")", at)
            if following == "(" and end > 0:
                result += f"<{text[at : end + 1]}>"
                at = end + 1
                continue
            result += "$" if following == "$" else "$" + following
            at += 2
            continue
        result += text[at]
        at += 1
    return result

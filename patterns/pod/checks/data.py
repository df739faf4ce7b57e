"""Rules for the data of ConfigMaps and Secrets."""

from __future__ import annotations

from collections.abc import Iterator

from patterns.model.json import object_at
from patterns.model.names import config_map_key
from patterns.model.secrets import is_secret_value
from patterns.pod.checks.reading import byte_length, complaint
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, object_rule
from patterns.pod.checks.subject import Object

_MAPS = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}
#: what the server takes, of values
MAX_BYTES = 1_048_576
#: client-side apply keeps a copy of the object in an annotation, and annotations have 262,144 bytes
APPLIED_BYTES = 200 * 1024
_TEMPLATE = "https://cdk8s.io/docs/latest/cli/synth/"


def _values(obj: Object) -> Iterator[tuple[str, str, str]]:
    for field in _MAPS[obj.kind]:
        for key, value in object_at(obj.json, field).items():
            if isinstance(value, str):
                yield field, key, value


@object_rule("data-key", Outcome.REFUSED, source=f"{VALIDATION} ValidateConfigMap", kinds=_MAPS)
def data_key(obj: Object) -> Problems:
    """A key is a file name: letters, digits, dashes, underscores and dots."""
    for field in _MAPS[obj.kind]:
        for key in object_at(obj.json, field):
            if said := complaint(config_map_key, key, "a key"):
                yield Problem((field, key), said, "rename the key, and give the file its path by items of the volume")


@object_rule("data-key-twice", Outcome.REFUSED, source=f"{VALIDATION} ValidateConfigMap", kinds=("ConfigMap",))
def data_key_twice(obj: Object) -> Problems:
    """One key cannot be in data and in binaryData."""
    for key in object_at(obj.json, "data").keys() & object_at(obj.json, "binaryData").keys():
        message = f"a key must be in data or in binaryData, got {key!r} in both"
        yield Problem(("binaryData", key), message, "remove one of them")


@object_rule("data-too-large", Outcome.REFUSED, source=f"{VALIDATION} ValidateConfigMap", kinds=_MAPS)
def data_too_large(obj: Object) -> Problems:
    """The values of a ConfigMap or Secret have at most 1 MiB in all, counted in bytes."""
    size = _size(obj)
    if size > MAX_BYTES:
        field = next(iter(_values(obj)))[0]
        message = f"{field} must be at most {MAX_BYTES} bytes in all, got {size}"
        yield Problem((field,), message, "bake the files into an image, or load them from an object store")


@object_rule(
    "too-large-to-apply",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/reference/using-api/server-side-apply/#comparison-with-client-side-apply",
    kinds=_MAPS,
)
def too_large_to_apply(obj: Object) -> Problems:
    """``kubectl apply`` keeps a copy of the object in an annotation, which has room for 256 KiB."""
    size = _size(obj)
    if APPLIED_BYTES < size <= MAX_BYTES:
        message = f"the object must be under {APPLIED_BYTES} bytes for client-side apply, got {size}"
        yield Problem((next(iter(_values(obj)))[0],), message, "apply it with kubectl apply --server-side")


def _size(obj: Object) -> int:
    size = 0
    for field, _, value in _values(obj):
        encoded = field == "binaryData" or (field == "data" and obj.kind == "Secret")
        size += len(value) * 3 // 4 - value.count("=") if encoded else byte_length(value)
    return size


@object_rule(
    "private-key-in-config-map",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/concepts/configuration/",
    kinds=("ConfigMap",),
)
def private_key_in_config_map(obj: Object) -> Problems:
    """Everybody who may read the namespace's settings reads a ConfigMap; a private key belongs into a Secret."""
    for field, key, value in _values(obj):
        if is_secret_value(value) == "a private key":
            yield Problem((field, key), "a ConfigMap must not hold a private key", "keep it in a Secret")


@object_rule(
    "secret-in-the-repository",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    kinds=("Secret",),
)
def secret_in_the_repository(obj: Object) -> Problems:
    """A Secret with its data in a manifest is a secret in the repository; base64 hides nothing."""
    if any(value for _, _, value in _values(obj)):
        message = "a Secret's data must not stand in a manifest, got literal values"
        yield Problem((), message, "use an ExternalSecret, a SealedSecret or SOPS")


@object_rule("template-left", Outcome.OPINION, source=_TEMPLATE, kinds=("ConfigMap",))
def template_left(obj: Object) -> Problems:
    """``{{ ... }}`` in a value is run by Helm where the manifest becomes part of a chart."""
    for field, key, value in _values(obj):
        if field == "data" and "{{" in value and "}}" in value:
            message = "a value must not hold {{ }} where the manifest becomes part of a Helm chart"
            yield Problem((field, key), message, 'escape it as {{ "{{" }}, or keep the file out of the chart')

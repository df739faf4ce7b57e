"""Rules for resource requests and limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from patterns.errors import PatternError
from patterns.model.fields import nearest
from patterns.model.json import Json, object_at, text_at
from patterns.model.names import dns_label, label_key
from patterns.model.quantity import Quantity
from patterns.pod.checks.reading import complaint
from patterns.pod.checks.rule import (
    VALIDATION,
    WARNINGS,
    Outcome,
    Problem,
    Problems,
    container_rule,
    pod_container_rule,
)
from patterns.pod.checks.subject import Container, PodContainer, Steps, entries

_REQUIREMENTS = f"{VALIDATION} validateResourceRequirements"
_BYTES = ("memory", "ephemeral-storage")
_PLAIN = ("cpu", *_BYTES)


def quantity_of(value: Json) -> Quantity | None:
    """The value where it is a quantity."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _quantity(str(value).strip())


@lru_cache(maxsize=8192)
def _quantity(text: str) -> Quantity | None:
    try:
        return Quantity(text)
    except PatternError:
        return None


def _amounts(
    container: Container, wanted: Callable[[str], bool] | None = None
) -> Iterator[tuple[Steps, str, Quantity]]:
    """The quantities of all or of the wanted resources, each with its path and its resource."""
    resources = object_at(container.json, "resources")
    for field in ("limits", "requests"):
        for name, value in object_at(resources, field).items():
            found = quantity_of(value) if wanted is None or wanted(name) else None
            if found is not None:
                yield ("resources", field, name), name, found


@container_rule("negative-resource", Outcome.REFUSED, source=_REQUIREMENTS, fields=("resources",))
def negative_resource(container: Container) -> Problems:
    """Nobody can have less than nothing."""
    for path, name, amount in _amounts(container):
        if amount.numerator < 0:
            yield Problem(path, f"{name} must not be negative, got {amount}", "write the amount without '-'")


@container_rule("request-over-limit", Outcome.REFUSED, source=_REQUIREMENTS, fields=("resources",))
def request_over_limit(container: Container) -> Problems:
    """What a container is promised is at most what it may use; huge pages and devices are promised exactly."""
    resources = object_at(container.json, "resources")
    limits = object_at(resources, "limits")
    for name, value in object_at(resources, "requests").items():
        request, limit = quantity_of(value), quantity_of(limits.get(name))
        path: Steps = ("resources", "requests", name)
        if request is None:
            continue
        if _is_whole(name):
            if limit is None and name not in limits:
                message = f"a request of {name} must be equal to its limit, got no limit"
                yield Problem(path, message, "write the limit, which is enough by itself")
            elif limit is not None and limit != request:
                message = f"a request of {name} must be equal to its limit {limit}, got {request}"
                yield Problem(path, message, "write the limit alone")
        elif limit is not None and request > limit:
            message = f"a request of {name} must be at most its limit {limit}, got {request}"
            yield Problem(path, message, "lower the request, or raise the limit")


@container_rule(
    "resource-name", Outcome.REFUSED, source=f"{VALIDATION} validateContainerResourceName", fields=("resources",)
)
def resource_name(container: Container) -> Problems:
    """A resource is cpu, memory, ephemeral-storage, huge pages, or a device with the domain of its maker."""
    resources = object_at(container.json, "resources")
    for field in ("limits", "requests"):
        for name in object_at(resources, field):
            path: Steps = ("resources", field, name)
            if "/" not in name and name not in _PLAIN and not name.startswith("hugepages-"):
                near = nearest(name, _PLAIN)
                known = f"{', '.join(_PLAIN)}, hugepages-<size> or <domain>/<name>"
                message = f"a resource must be {known}, got {name!r}"
                yield Problem(path, message, f"write {near}" if near else "write the resource's full name")
            elif name.startswith("requests.") and "/" in name:
                message = f"a resource of a container must not begin with 'requests.', got {name!r}"
                yield Problem(path, message, f"write {name.removeprefix('requests.')}")
            elif "/" in name and (said := complaint(label_key, name, "a resource's name")):
                yield Problem(path, said, "write the resource's full name")


@container_rule("device-in-parts", Outcome.REFUSED, source=_REQUIREMENTS, fields=("resources",))
def device_in_parts(container: Container) -> Problems:
    """Devices are given out whole."""
    for path, name, amount in _amounts(container, _is_device):
        if amount.numerator >= 0 and not amount.is_multiple_of(1):
            yield Problem(path, f"{name} must be a whole number, got {amount}", "write a whole number")


@container_rule("huge-pages", Outcome.REFUSED, source=_REQUIREMENTS, fields=("resources",))
def huge_pages(container: Container) -> Problems:
    """Huge pages come beside cpu or memory, and in whole pages."""
    resources = object_at(container.json, "resources")
    names = {*object_at(resources, "limits"), *object_at(resources, "requests")}
    for name in sorted(names):
        if not name.startswith("hugepages-"):
            continue
        if not names & {"cpu", "memory"}:
            path: Steps = ("resources", "limits" if name in object_at(resources, "limits") else "requests", name)
            yield Problem(path, f"{name} must stand beside cpu or memory, got it alone", "add a request of memory")
        page = quantity_of(name.removeprefix("hugepages-"))
        if page is None or page.numerator <= 0 or not page.is_multiple_of(1):
            field = "limits" if name in object_at(resources, "limits") else "requests"
            message = f"hugepages- must be followed by the size of a page, got {name!r}"
            yield Problem(("resources", field, name), message, "write the size, such as hugepages-2Mi")
            continue
        for at, _, amount in _amounts(container, name.__eq__):
            if amount.numerator >= 0 and not amount.is_multiple_of(page.numerator, page.denominator):
                message = f"{name} must be whole pages of {page}, got {amount}"
                yield Problem(at, message, "write a multiple of the page")


@container_rule("bytes-in-parts", Outcome.WARNED, source=WARNINGS, fields=("resources",))
def bytes_in_parts(container: Container) -> Problems:
    """A part of a byte almost always means another suffix: ``100m`` is a tenth of a byte, ``100Mi`` was meant."""
    for path, name, amount in _amounts(container, _BYTES.__contains__):
        if amount.numerator >= 0 and not amount.is_multiple_of(1):
            text = str(amount)
            fix = f"write {text[:-1]}Mi" if re.fullmatch("[0-9]+m", text) else "write whole bytes, such as 64Mi"
            yield Problem(path, f"{name} must be whole bytes, got {text}", fix)


@pod_container_rule(
    "resource-claim",
    Outcome.REFUSED,
    source=f"{VALIDATION} validateResourceClaimNames",
    whole=True,
    fields=("resources",),
)
def resource_claim(container: PodContainer) -> Problems:
    """A container claims what the pod has in ``resourceClaims``, each once."""
    # older servers forget claims, and do not look at them
    if container.target < 34 or "claims" not in object_at(container.json, "resources"):
        return
    known = {text_at(claim, "name") for _, claim in entries(container.pod.spec.get("resourceClaims"))}
    seen: set[tuple[str, str]] = set()
    for at, claim in entries(object_at(container.json, "resources").get("claims")):
        name = text_at(claim, "name")
        request = text_at(claim, "request")
        key = (name, request)
        path: Steps = ("resources", "claims", at, "name")
        if request and (said := complaint(dns_label, request, "request")):
            yield Problem(("resources", "claims", at, "request"), said, "write the name of a request of the claim")
        if name not in known:
            yield Problem(
                path, f"a claim must be one of the pod's resourceClaims, got {name!r}", "declare it in the pod"
            )
        elif any(name == other and (not request or other_request in ("", request)) for other, other_request in seen):
            yield Problem(path, f"a claim must stand once, got {name!r} twice", "remove one of them")
        seen.add(key)


def _is_device(name: str) -> bool:
    return "/" in name and "kubernetes.io/" not in name


def _is_whole(name: str) -> bool:
    return name.startswith("hugepages-") or _is_device(name)

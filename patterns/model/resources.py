"""CPU, memory and other resources of a container."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.frozen import FrozenMap
from patterns.model.names import dns_label, label_key
from patterns.model.quantity import Quantity, milli_cpus, page_size, quantity, whole_bytes
from patterns.model.value import dataclass


@dataclass(frozen=True, kw_only=True)
class ResourceClaim(ApiValue):
    """A claim of the pod's ``resourceClaims`` that a container uses.

    Args:
        name: of the claim in the pod.
        request: one request of the claim; default all.
    """

    kubernetes: ClassVar[str] = "ResourceClaim"
    name: str = field(kw_only=False)
    request: str | None = None

    def __post_init__(self) -> None:
        dns_label(self.name, "name")
        if self.request is not None:
            dns_label(self.request, "request")


@dataclass(frozen=True, kw_only=True)
class ResourceRequirements(ApiValue):
    """What a container is promised, and what it may not go over.

    https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/

    Args:
        requests: quantities by resource name, such as ``{"cpu": "100m", "memory": "128Mi"}``.
        limits: quantities by resource name; over the memory limit a container is killed.
        claims: dynamic resources, by the name of a claim of the pod; on by default since Kubernetes 1.34.

    Raises:
        InvalidValue: for a bad quantity or name, a request over its limit, an extended resource or huge pages with a
            request that is not the limit, or huge pages in parts of a page or without cpu or memory.
    """

    kubernetes: ClassVar[str] = "ResourceRequirements"
    requests: Mapping[str, str | int] = FrozenMap[str]()
    limits: Mapping[str, str | int] = FrozenMap[str]()
    claims: Sequence[ResourceClaim] = ()

    def __post_init__(self) -> None:
        requests = {name: _amount(name, value, f"requests[{name!r}]") for name, value in self.requests.items()}
        limits = {name: _amount(name, value, f"limits[{name!r}]") for name, value in self.limits.items()}
        for name, request in requests.items():
            limit = limits.get(name)
            whole = _is_whole(name)
            if whole and limit is None:
                raise InvalidValue(f"limits[{name!r}] must be there, as its request: {request}; both have to be equal")
            if whole and limit != request:
                raise InvalidValue(f"requests[{name!r}] must be equal to its limit {limit}, got {request}")
            if limit is not None and request > limit:
                raise InvalidValue(f"requests[{name!r}] must be at most its limit {limit}, got {request}")
        for name in {**requests, **limits}:
            if name.startswith("hugepages-") and not {"cpu", "memory"} & {*requests, *limits}:
                raise InvalidValue(f"{name} needs cpu or memory beside it; add requests={{'memory': ...}}")
        names = [claim.name for claim in self.claims]
        for claim in self.claims:
            if names.count(claim.name) > 1 and claim.request is None:
                raise InvalidValue(f"claims must name each claim once, got {claim.name!r} twice")


def _is_whole(name: str) -> bool:
    return name.startswith("hugepages-") or "/" in name


def _amount(name: str, value: str | int, what: str) -> Quantity:
    if name == "cpu":
        return milli_cpus(value, what)
    if name in ("memory", "ephemeral-storage"):
        return whole_bytes(value, what)
    if name.startswith("hugepages-"):
        page = page_size(name, f"{what}: the resource")
        amount = whole_bytes(value, what)
        if not amount.is_multiple_of(page.numerator, page.denominator):
            raise InvalidValue(f"{what} must be whole pages of {page}, got {value!r}; write a multiple of it")
        return amount
    if "/" not in name:
        from patterns.model.fields import nearest

        near = nearest(name, ("cpu", "memory", "ephemeral-storage"))
        hint = f"; did you mean {near!r}" if near else ""
        raise InvalidValue(
            f"{what}: a resource must be cpu, memory, ephemeral-storage, hugepages-<size> or an extended resource "
            f"such as 'example.com/gpu', got {name!r}{hint}"
        )
    label_key(name, f"{what}: name")
    if name.split("/", 1)[0].endswith("kubernetes.io") or name.startswith("requests."):
        raise InvalidValue(f"{what}: an extended resource must be of a domain of its own, got {name!r}")
    parsed = quantity(value, what)
    if not parsed.is_multiple_of(1):
        raise InvalidValue(f"{what} must be a whole number, got {value!r}")
    return parsed

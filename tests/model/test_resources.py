"""CPU, memory and other resources."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type, dict-item"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import ResourceClaim, ResourceRequirements

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: ResourceRequirements(requests={"memory": "100m"}),
        InvalidValue,
        (
            "ResourceRequirements: requests['memory'] must be whole bytes, got '100m'; 'm' is a "
            "thousandth, and almost always meant Mi; write 100Mi"
        ),
    ),
    (
        lambda: ResourceRequirements(limits={"memory": "1.1Gi"}),
        InvalidValue,
        "ResourceRequirements: limits['memory'] must be whole bytes, got '1.1Gi'; write 1127Mi",
    ),
    (
        lambda: ResourceRequirements(limits={"memory": "64MB"}),
        InvalidValue,
        (
            "ResourceRequirements: limits['memory'] must be a number with a suffix such as m, k, M, "
            "G, Ki, Mi or Gi, got '64MB'; write 64M or 64Mi"
        ),
    ),
    (
        lambda: ResourceRequirements(requests={"cpu": "0.5m"}),
        InvalidValue,
        ("ResourceRequirements: requests['cpu'] must be whole thousandths of a CPU, got '0.5m'; write 1m"),
    ),
    (
        lambda: ResourceRequirements(requests={"cpu": 0.5}),
        WrongType,
        ("ResourceRequirements: requests['cpu'] must be a str or an int, got a float 0.5; write \"0.5\""),
    ),
    (
        lambda: ResourceRequirements(requests={"cpu": "-1"}),
        InvalidValue,
        "ResourceRequirements: requests['cpu'] must not be negative, got '-1'",
    ),
    (
        lambda: ResourceRequirements(requests={"cpu": "2"}, limits={"cpu": "1500m"}),
        InvalidValue,
        "ResourceRequirements: requests['cpu'] must be at most its limit 1500m, got 2",
    ),
    (
        lambda: ResourceRequirements(requests={"mem": "1Gi"}),
        InvalidValue,
        (
            "ResourceRequirements: requests['mem']: a resource must be cpu, memory, "
            "ephemeral-storage, hugepages-<size> or an extended resource such as 'example.com/gpu', "
            "got 'mem'; did you mean 'memory'"
        ),
    ),
    (
        lambda: ResourceRequirements(requests={"nvidia.com/gpu": 1}),
        InvalidValue,
        ("ResourceRequirements: limits['nvidia.com/gpu'] must be there, as its request: 1; both have to be equal"),
    ),
    (
        lambda: ResourceRequirements(requests={"nvidia.com/gpu": 1}, limits={"nvidia.com/gpu": 2}),
        InvalidValue,
        "ResourceRequirements: requests['nvidia.com/gpu'] must be equal to its limit 2, got 1",
    ),
    (
        lambda: ResourceRequirements(limits={"nvidia.com/gpu": "0.5"}),
        InvalidValue,
        "ResourceRequirements: limits['nvidia.com/gpu'] must be a whole number, got '0.5'",
    ),
    (
        lambda: ResourceRequirements(limits={"foo.kubernetes.io/gpu": 1}),
        InvalidValue,
        (
            "ResourceRequirements: limits['foo.kubernetes.io/gpu']: an extended resource must be of "
            "a domain of its own, got 'foo.kubernetes.io/gpu'"
        ),
    ),
    (
        lambda: ResourceRequirements(limits={"hugepages-2Mi": "4Mi"}),
        InvalidValue,
        ("ResourceRequirements: hugepages-2Mi needs cpu or memory beside it; add requests={'memory': ...}"),
    ),
    (
        lambda: ResourceRequirements(limits={"hugepages-2MB": "4Mi", "cpu": 1}),
        InvalidValue,
        (
            "ResourceRequirements: limits['hugepages-2MB']: the resource must be 'hugepages-' and the size of a "
            "page, got 'hugepages-2MB'; write 'hugepages-2Mi'"
        ),
    ),
    (
        lambda: ResourceRequirements(claims=[ResourceClaim("gpu"), ResourceClaim("gpu")]),
        InvalidValue,
        "ResourceRequirements: claims must name each claim once, got 'gpu' twice",
    ),
    (
        lambda: ResourceRequirements(requests=["cpu"]),
        WrongType,
        "ResourceRequirements: requests must be a dict of str or int, got a list",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_quantities_as_written() -> None:
    resources = ResourceRequirements(
        requests={"cpu": 1, "memory": "0.5Gi", "nvidia.com/gpu": 1},
        limits={"memory": "512Mi", "nvidia.com/gpu": "1"},
        claims=[ResourceClaim("gpu", request="one")],
    )
    assert resources.render() == {
        "requests": {"cpu": 1, "memory": "0.5Gi", "nvidia.com/gpu": 1},
        "limits": {"memory": "512Mi", "nvidia.com/gpu": "1"},
        "claims": [{"name": "gpu", "request": "one"}],
    }


def test_a_request_may_be_its_limit_in_another_form() -> None:
    assert ResourceRequirements(requests={"memory": "1Gi"}, limits={"memory": "1024Mi"}).limits == {"memory": "1024Mi"}


def test_huge_pages_beside_memory() -> None:
    resources = ResourceRequirements(limits={"hugepages-2Mi": "4Mi", "memory": "64Mi"})
    assert resources.render() == {"limits": {"hugepages-2Mi": "4Mi", "memory": "64Mi"}}

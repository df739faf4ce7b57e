"""Claim templates that a server refuses are refused where they are written."""

from __future__ import annotations

from typing import Any

import pytest

from patterns import InvalidValue, VolumeClaim

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"name": "A"}, "name must be a DNS-1123 label"),
    ({"name": "a.b"}, "name must be a DNS-1123 label"),
    ({"size": "0"}, "size must be a whole number of bytes and more than 0, got '0'"),
    ({"size": "-1Gi"}, "size must be a whole number of bytes and more than 0, got '-1Gi'"),
    ({"size": "100m"}, "size must be a whole number of bytes and more than 0, got '100m'"),
    ({"size": "1.5"}, "size must be a whole number of bytes and more than 0, got '1.5'"),
    ({"access_modes": []}, "access_modes must name at least one mode"),
    (
        {"access_modes": ["ReadWriteOnce", "ReadWriteOncePod"]},
        "access_modes must not have another mode beside 'ReadWriteOncePod', got ['ReadWriteOnce', 'ReadWriteOncePod']",
    ),
    ({"storage_class_name": "A_b"}, "storage_class_name must be a DNS-1123 subdomain"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_a_claim_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        VolumeClaim(**{"name": "data", "size": "1Gi", **options})
    assert message in str(raised.value)


def test_what_is_just_within_is_taken() -> None:
    claim = VolumeClaim(name="1", size="1.5Gi", access_modes=["ReadWriteOncePod"], storage_class_name="")
    assert claim.render()["spec"] == {
        "accessModes": ["ReadWriteOncePod"],
        "storageClassName": "",
        "resources": {"requests": {"storage": "1.5Gi"}},
    }

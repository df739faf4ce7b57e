"""What a contribution may not ask for."""

from __future__ import annotations

from typing import Any

import pytest

from patterns.errors import InvalidValue, WrongType
from patterns.pod.contribution import Contribution


@pytest.mark.parametrize(
    ("seconds", "kind", "message"),
    [
        (-1, InvalidValue, r"grace_seconds\['a'\] must be at least 0, got -1"),
        (2**31, InvalidValue, r"grace_seconds\['a'\] must be at most 2147483647"),
        (True, WrongType, r"grace_seconds\['a'\] must be an int, got bool True"),
        (1.5, WrongType, r"grace_seconds\['a'\] must be an int, got float 1.5"),
        ("5", WrongType, r"grace_seconds\['a'\] must be an int, got str '5'"),
    ],
)
def test_grace_is_whole_seconds(seconds: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        Contribution(grace_seconds={"a": seconds})

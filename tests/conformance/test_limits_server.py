"""A real API server has its limits where the rules have theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conformance.api_server import ApiServer, running
from pod.checks.test_limits import LIMITS

from patterns.model.json import JsonObject
from patterns.yaml.reader import read_yaml

pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with running(tmp_path_factory.mktemp("api-server")) as started:
        yield started


def _with(text: str, value: object) -> JsonObject:
    [document] = read_yaml(text.replace("VALUE", str(value)))
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(("rule", "text", "taken", "refused"), LIMITS, ids=[row[0] for row in LIMITS])
def test_the_server_takes_the_last_value_and_refuses_the_next(
    server: ApiServer, rule: str, text: str, taken: object, refused: object
) -> None:
    first = server.create(_with(text, taken), "default")
    assert not first.refused, f"{rule}: {first.message}"
    assert server.create(_with(text, refused), "default").refused, rule

"""Garbage collection is paused, and comes back whatever happens."""

from __future__ import annotations

import gc

import pytest

from patterns import App, Chart, Manifest
from patterns.collection import collection_paused


@collection_paused()
def _failing() -> None:
    assert not gc.isenabled()
    raise RuntimeError


@pytest.mark.parametrize("on", [True, False])
def test_collection_is_as_it_was_after_an_error(on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        with pytest.raises(RuntimeError):
            _failing()
        assert gc.isenabled() == on
    finally:
        (gc.enable if was_on else gc.disable)()


def test_it_is_paused_while_an_app_is_rendered() -> None:
    seen: list[bool] = []

    class Watched(Manifest):
        def render_body(self) -> dict[str, object]:  # type: ignore[override]
            seen.append(gc.isenabled())
            return {}

    app = App()
    Watched(Chart(app, "shop"), "watched", api_version="v1", kind="ConfigMap", body={})
    app.synth_yaml()
    assert seen
    assert not any(seen)
    assert gc.isenabled()

"""What all tests share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_output_outside(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """An App without `outdir=` writes to a temporary directory."""
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path_factory.mktemp("dist")))

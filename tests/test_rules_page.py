"""docs/rules.md says what the rules and their cases say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_reference_of_the_rules_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("refresh_rules", ROOT / "scripts" / "refresh_rules.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == script.page(), "run scripts/refresh_rules.py"

"""Write the YAML blocks of README and docs anew from what the Python blocks before them write.

A block that is empty gets the whole output of its sample; one that shows a part is left alone, and the tests say when
it is no longer true. Run it from the repository's root: ``.venv/bin/python scripts/refresh_docs.py``.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def refreshed(page: Path) -> str:
    """The page's text with every empty YAML block filled."""
    text = page.read_text(encoding="utf-8")
    namespace: dict[str, object] = {"__name__": "sample"}
    parts: list[str] = []
    end = 0
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for block in BLOCK.finditer(text):
            if block["language"] == "python":
                exec(compile(block["text"], str(page), "exec"), namespace)
            elif block["language"] == "yaml" and not block["text"].strip():
                written = "\n".join(p.read_text(encoding="utf-8") for p in sorted(Path(folder).glob("dist/*.yaml")))
                parts += [text[end : block.start("text")], written]
                end = block.end("text")
    return "".join(parts) + text[end:]


if __name__ == "__main__":
    os.environ.pop("CDK8S_OUTDIR", None)
    # the reference of the rules is made by a script of its own
    pages = set((ROOT / "docs").glob("*.md")) - {ROOT / "docs" / "rules.md"}
    for found in [ROOT / "README.md", *sorted(pages)]:
        found.write_text(refreshed(found), encoding="utf-8")

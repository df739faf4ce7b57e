"""Everything that a reader copies is run: each Python block of README and docs, and each YAML block after one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patterns.check.command import main
from patterns.yaml import read_yaml

ROOT = Path(__file__).parents[1]
#: made from the rules and their cases, which are run by themselves
REFERENCE = ROOT / "docs" / "rules.md"
PAGES = [ROOT / "README.md", *sorted(set((ROOT / "docs").glob("*.md")) - {REFERENCE})]
BLOCK = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_s_samples_run_and_give_the_yaml_that_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDK8S_OUTDIR")
    namespace: dict[str, object] = {"__name__": "sample"}
    ran = shown = 0
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        line = text[: block.start()].count("\n") + 1
        if block["language"] == "python":
            source = "\n" * line + block["text"]
            exec(compile(source, str(page), "exec", dont_inherit=True), namespace)
            capsys.readouterr()
            ran += 1
        elif block["language"] == "yaml" and (named := re.match(r"# (\S+\.yaml)\n", block["text"])):
            (tmp_path / named[1]).write_text(block["text"], encoding="utf-8")
        elif block["language"] == "console" and block["text"].startswith("$ python -m patterns "):
            call, _, output = block["text"].partition("\n")
            main(call.split()[4:])
            assert capsys.readouterr().out == output, f"{page.name}:{line}: this is not what the command prints"
        elif block["language"] == "yaml" and ran:
            written = "\n".join(path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("dist/*.yaml")))
            assert block["text"] in written, f"{page.name}:{line}: this YAML is not what the sample before it wrote"
            read_yaml(block["text"])
            shown += 1
    assert ran, f"{page.name} has no Python sample"


def test_every_pattern_has_its_page() -> None:
    patterns = {
        path.stem
        for folder in ("sidecars", "init_containers", "volumes")
        for path in (ROOT / "patterns" / folder).glob("*.py")
        if re.search(r"^class \w+\(Pattern\)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert patterns - {page.stem for page in PAGES} == set()


def test_every_local_link_leads_somewhere() -> None:
    for page in [*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"

"""``python -m patterns check``: what it exits with, and how it tells what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from check.checking import GOOD, TWICE, Check, write


def test_a_clean_file_exits_0(check: Check, tmp_path: Path) -> None:
    result = check(write(tmp_path, "web.yaml", GOOD))
    assert (result.status, result.findings, result.documents) == (0, [], 1)


def test_a_finding_exits_2_and_says_everything(check: Check, tmp_path: Path) -> None:
    file = write(tmp_path, "web.yaml", f"{GOOD.replace('name: web', 'name: first')}---\n{TWICE}")
    result = check(file)
    assert result.status == 2
    assert result.findings == [
        {
            "rule": "duplicate-mount-path",
            "outcome": "refused",
            "file": str(file),
            "line": 22,
            "column": 11,
            "document": "1",
            "kind": "Pod",
            "namespace": "",
            "name": "web",
            "path": "/spec/containers/0/volumeMounts/1/mountPath",
            "message": "container 'app': mountPath must be unique in its container, got '/data', which "
            "volumeMounts[0] has too",
            "fix": "mount one of them elsewhere, or put both volumes' files into one projected volume",
        }
    ]


@pytest.mark.parametrize("name", ["missing.yaml", "missing/"])
def test_a_file_that_is_not_there_exits_1(check: Check, tmp_path: Path, name: str) -> None:
    result = check(tmp_path / name)
    assert result.status == 1
    assert "there is no such file or folder" in result.err


@pytest.mark.parametrize(
    "words",
    [[], ["--target", "1.27"], ["--target", "new"], ["--pod-security", "strict"], ["--format", "xml"], ["--no"]],
)
def test_a_wrong_call_exits_1(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from patterns.check.command import main

    with pytest.raises(SystemExit) as ended:
        main(["check", *words, *(["x.yaml"] if words else [])])
    assert ended.value.code == 1
    assert "usage" in capsys.readouterr().err


def test_documents_are_counted_as_yaml_counts_them(check: Check, tmp_path: Path) -> None:
    text = f"# a comment\n---\n{GOOD}---\n---\n# nothing\n---\n{TWICE}---\n"
    result = check(write(tmp_path, "all.yaml", text))
    assert result.documents == 2
    assert [finding["document"] for finding in result.findings if finding["rule"] == "duplicate-mount-path"] == ["4"]


def test_items_of_a_list_are_documents_with_their_number(check: Check, tmp_path: Path) -> None:
    indented = "".join(f"    {line}\n" for line in TWICE.splitlines())
    first = GOOD.replace("name: web", "name: first").replace("\n", "\n    ").rstrip()
    text = f"apiVersion: v1\nkind: List\nitems:\n  - {first}\n  -\n{indented}"
    result = check(write(tmp_path, "list.yaml", text))
    [finding] = result.findings
    assert (finding["document"], finding["line"]) == ("0.1", 25)
    assert finding["path"] == "/spec/containers/0/volumeMounts/1/mountPath"


def test_a_folder_is_looked_through_for_manifests(check: Check, tmp_path: Path) -> None:
    write(tmp_path, "b/web.yml", TWICE)
    write(tmp_path, "a/web.json", json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}))
    write(tmp_path, "values.yaml", "replicas: 3\n")
    write(tmp_path, "notes.txt", TWICE)
    write(tmp_path, ".git/web.yaml", TWICE)
    result = check(tmp_path)
    assert [finding["file"] for finding in result.findings] == [str(tmp_path / "b" / "web.yml")]
    assert result.documents == 3


def test_standard_input_is_read(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "patterns", "check", "-", "--format", "json"]
    done = subprocess.run(command, input=TWICE.encode(), capture_output=True, check=False)
    assert done.returncode == 2, done.stderr
    [finding] = json.loads(done.stdout)["findings"]
    assert (finding["file"], finding["line"]) == ("-", 13)


def test_the_text_is_a_line_for_each_finding(check: Check, tmp_path: Path) -> None:
    file = write(tmp_path, "web.yaml", TWICE)
    result = check(file, format="text")
    first, last = result.out.splitlines()
    assert first.startswith(f"{file}:13:11: refused: Pod web: container 'app': mountPath must be unique")
    assert first.endswith("[duplicate-mount-path]")
    assert last == "1 finding in 1 document"


def test_github_shows_the_finding_at_its_line(check: Check, tmp_path: Path) -> None:
    file = write(tmp_path, "a,b.yaml", TWICE)
    result = check(file, format="github")
    escaped = str(file).replace(",", "%2C")
    assert result.out.startswith(
        f"::error file={escaped},line=13,col=11,title=duplicate-mount-path::Pod web: container"
    )


def test_sarif_has_rule_level_and_place(check: Check, tmp_path: Path) -> None:
    file = write(tmp_path, "web.yaml", TWICE)
    report = json.loads(check(file, format="sarif").out)
    assert report["version"] == "2.1.0"
    [run] = report["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["duplicate-mount-path"]
    [result] = run["results"]
    assert (result["ruleId"], result["level"]) == ("duplicate-mount-path", "error")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": str(file)},
        "region": {"startLine": 13, "startColumn": 11},
    }


def test_a_warning_is_clean_unless_strict(check: Check, tmp_path: Path) -> None:
    file = write(tmp_path, "web.yaml", GOOD.replace("  name: web\n", "  name: web\n  name: web\n"))
    assert (check(file).status, check(file).rules) == (0, {"duplicate-key"})
    assert check(file, "--strict").status == 2


def test_a_waiver_in_the_manifest_holds_for_it(check: Check, tmp_path: Path) -> None:
    waiver = "  annotations:\n    waive.cdk8s-pod-patterns/duplicate-mount-path: our cluster takes it\n"
    file = write(tmp_path, "web.yaml", TWICE.replace("  name: web\n", f"  name: web\n{waiver}", 1))
    assert check(file).findings == []


def test_no_cdk8s_is_imported(tmp_path: Path) -> None:
    file = write(tmp_path, "web.yaml", GOOD)
    code = (
        "import sys; from patterns.check.command import main; main(['check', sys.argv[1]]); "
        "sys.exit(any(name in sys.modules for name in ('cdk8s', 'constructs', 'jsii')))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(file)], check=False, capture_output=True).returncode == 0

"""Whatever comes in: a finding with its place, or a clear error; never a traceback, a hang, or much memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from check.checking import GOOD, TWICE, Check, write
from check.peak_memory import check_and_measure

#: name: bytes, line and column of what cannot be read, a part of the reason
UNREADABLE: dict[str, tuple[bytes, int, int, str]] = {
    "broken flow": (b"a: [1\nb: 2\n", 2, 2, "expected ',' or ']'"),
    "a tab as indentation": (b"a:\n\tb: 1\n", 2, 1, "cannot start any token"),
    "two documents in one": (f"{GOOD}...\n{GOOD}".encode(), 10, 1, "write --- before the next one"),
    "text after dashes": (f"{GOOD}--- web\n{GOOD}".encode(), 9, 4, "nothing but a comment may stand after ---"),
    "not UTF-8": (GOOD.encode() + b"# \xe9\n", 9, 3, "UTF-8"),
    "NUL": (GOOD.replace("app:1.0", "app\0").encode(), 8, 38, "U+0000"),
    "cut UTF-16": (GOOD.encode("utf-16") + b"\0", 1, 1, "UTF-16"),
    "lists in lists": (b"[" * 500, 1, 201, "200 levels"),
    "mappings in mappings": (b"{a: " * 100_000, 1, 801, "200 levels"),
    "JSON in JSON": (b'{"a":' * 100_000, 1, 1, "nested"),
    "aliases that explode": (
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)),
        4,
        17,
        "aliases repeat too much",
    ),
    "an anchor in itself": (b"a: &a [*a]\n", 1, 8, "contains itself"),
    "a list as a key": (b"? [a]\n: b\n", 1, 3, "cannot be a key"),
    "a number of 10,000 digits": (b"a: " + b"9" * 10_000, 1, 4, "digits"),
    "bytes of everything": (bytes(range(256)) * 100, 2, 118, "UTF-8"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_with_its_place(check: Check, tmp_path: Path, name: str) -> None:
    content, line, column, reason = UNREADABLE[name]
    result = check(write(tmp_path, "x.yaml", content))
    assert result.status == 1
    [finding] = [finding for finding in result.findings if finding["rule"] == "unreadable"]
    assert (finding["line"], finding["column"]) == (line, column)
    assert reason in finding["message"]


def test_lists_without_end_are_given_up_early(check: Check, tmp_path: Path) -> None:
    # newer versions of libyaml have a limit of their own, and look ahead
    [finding] = check(write(tmp_path, "x.yaml", b"[" * 100_000)).findings
    assert finding["rule"] == "unreadable"
    assert (finding["line"], finding["column"]) in {(1, 201), (1, 1001)}


def test_what_follows_a_broken_document_is_judged(check: Check, tmp_path: Path) -> None:
    result = check(write(tmp_path, "x.yaml", f"a: [1\n---\n{TWICE}"))
    assert result.status == 1
    assert [(f["rule"], f["document"]) for f in result.findings] == [("unreadable", "0"), ("duplicate-mount-path", "1")]


@pytest.mark.parametrize(
    "content",
    [
        TWICE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TWICE.encode(),
        TWICE.encode("utf-16"),
        f"# {'x' * 1_000_000}\n{TWICE}".encode(),
    ],
    ids=["CRLF", "BOM", "UTF-16", "a long line"],
)
def test_odd_text_is_judged_like_any_other(check: Check, tmp_path: Path, content: bytes) -> None:
    result = check(write(tmp_path, "x.yaml", content))
    assert result.status == 2
    [finding] = result.findings
    assert (finding["rule"], finding["column"]) == ("duplicate-mount-path", 11)
    assert finding["line"] in (13, 14)


@pytest.mark.parametrize("content", ["just text\n", "- a\n- b\n", "42\n", "true\n"])
def test_a_document_that_is_no_object_is_refused(check: Check, tmp_path: Path, content: str) -> None:
    result = check(write(tmp_path, "x.yaml", content))
    assert (result.status, result.rules) == (2, {"not-an-object"})


@pytest.mark.parametrize("content", ["", "# only a comment\n", "---\n", "---\n---\n", "null\n"])
def test_nothing_is_clean(check: Check, tmp_path: Path, content: str) -> None:
    result = check(write(tmp_path, "x.yaml", content))
    assert (result.status, result.documents) == (0, 0)


@pytest.mark.parametrize(
    "content",
    [
        "apiVersion: v1\nkind: Pod\nmetadata: [1]\nspec:\n  containers: {a: 1}\n  "
        "volumes: 7\n  initContainers: [1, x]\n",
        "apiVersion: 1\nkind: [Pod]\nmetadata: x\nspec: y\n",
        "apiVersion: v1\nkind: List\nitems: [1, null, {kind: Pod, apiVersion: v1, spec: {containers: [{name: 1, "
        "ports: [1], env: x, volumeMounts: [null, {mountPath: 3}], resources: [], securityContext: 1, "
        "livenessProbe: x, image: 3}]}}]\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a:1, "
        "command: [[sh, -c]], livenessProbe: {exec: {command: [{sh: -c}]}}}]}\n",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: null\nspec: {selector: 1, replicas: x, template: []}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: 1, labels: [], annotations: 7}\n"
        "spec: {ports: {a: 1}, type: 3}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: [1]\nbinaryData: x\n",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: 5, jobTemplate: [1]}\n",
    ],
)
def test_values_of_any_type_anywhere_are_no_crash(check: Check, tmp_path: Path, content: str) -> None:
    assert check(write(tmp_path, "x.yaml", content), "--opinions", "--pod-security", "restricted").status in (0, 2)


def test_a_document_larger_than_any_cluster_takes_is_not_read_into_memory(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as huge:
        huge.write(b'a: "')
        for _ in range(100):
            huge.write(b"x" * 2**20)
        huge.write(b'"\n')
    status, out, peak = check_and_measure(file)
    assert status == 1
    assert "a document must be at most" in out
    assert peak < 200 * 2**20


def test_a_long_stream_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    def peak(documents: int) -> int:
        file = tmp_path / f"{documents}.yaml"
        with file.open("w") as stream:
            for at in range(documents):
                stream.write(f"---\n{GOOD.replace('name: web', f'name: web-{at}')}")
        status, out, most = check_and_measure(file)
        assert status == 0
        assert f"in {documents} documents" in out
        return most

    # what is kept of a document to compare it with the others: its name, labels, ports and references
    assert peak(2_000) - peak(200) < 1_800 * 4_000

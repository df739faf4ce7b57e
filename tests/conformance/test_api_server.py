"""A real API server takes everything that this library renders, and agrees with every case of every rule."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance.api_server import ApiServer, lost, running

from patterns.model.json import JsonObject
from patterns.pod.checks import NEWEST, Outcome, judge, outcome_of
from patterns.pod.checks.standards import Standards, minor_version
from patterns.yaml.reader import read_yaml

pytestmark = pytest.mark.conformance

TESTS = Path(__file__).parent.parent
DIST = TESTS.parent / "dist"
CASES = TESTS / "cases"
OPTION = re.compile(r"^# ([a-z-]+): (.*)$", re.MULTILINE)

#: what is not judged where Pod Security `restricted` is enforced, and why
OPEN = {
    "dist/tutorial.k8s.yaml": "the tutorial's two pods stay as they were printed",
    "dist/adopted.k8s.yaml": "pods that somebody else wrote",
    "dist/permissions.k8s.yaml": "an init container that has to be root",
    "tests/init_containers/__snapshots__/test_permission_fixer/test_smallest_call.yaml": "likewise",
    "tests/sidecars/__snapshots__/test_proxy_sidecar/test_somebody_else_s_pod_gets_it_too.yaml": "somebody else's pod",
    "tests/sidecars/__snapshots__/test_sidecar/test_every_option.yaml": "shows security=None",
}
#: what the server says where it names no field, or not the last parts of its path
SAYS = {
    "huge-pages": "HugePages",
    "request-over-limit": "Limit must be set",
    "base64": "base64",
    "data-too-large": "too l",
    "quantity": "quantit",
    "wrong-type": "cannot unmarshal",
}
#: definitions of the kinds that examples use
DEFINITIONS = {("argoproj.io", "v1alpha1"): ("Rollout", "rollouts")}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with running(tmp_path_factory.mktemp("api-server")) as started:
        level = "pod-security.kubernetes.io"
        labels: JsonObject = {f"{level}/enforce": "restricted", f"{level}/warn": "restricted"}
        levels: list[tuple[str, JsonObject]] = [("restricted", labels), ("open", {})]
        for name, wanted in levels:
            metadata: JsonObject = {"name": name, "labels": wanted}
            made = started.keep({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
            assert not made.refused, made.message
        for (group, version), (kind, plural) in DEFINITIONS.items():
            made = started.keep(definition(group, version, kind, plural))
            assert not made.refused, made.message
            while not started.knows(f"{group}/{version}", kind):
                time.sleep(0.1)
        yield started


def definition(group: str, version: str, kind: str, plural: str) -> JsonObject:
    schema: JsonObject = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    versions: JsonObject = {
        "name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema},
    }  # fmt: skip
    names: JsonObject = {"kind": kind, "plural": plural, "singular": kind.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [versions]},
    }


def rendered() -> list[object]:
    """Every document that is committed: of dist/ and of the snapshots."""
    files = [*sorted(DIST.glob("*.yaml")), *sorted(TESTS.glob("**/__snapshots__/**/*.yaml"))]
    return [
        pytest.param(file, document, id=f"{file.relative_to(TESTS.parent)}-{at}")
        for file in files
        for at, document in enumerate(read_yaml(file.read_bytes()))
    ]


@pytest.mark.parametrize(("file", "document"), rendered())
def test_what_we_render_is_taken_without_a_warning_and_nothing_is_lost(
    server: ApiServer, file: Path, document: JsonObject
) -> None:
    namespace = "open" if str(file.relative_to(TESTS.parent)) in OPEN or opened(document) else "restricted"
    for answer in (server.create(document, namespace), server.apply(document, namespace)):
        assert not answer.refused, answer.message
        assert not answer.warnings
        sent = {key: value for key, value in document.items() if key != "metadata"}
        assert not lost(sent, answer.object)


def opened(document: JsonObject) -> bool:
    """Whether a waiver says that it is not restricted."""
    return "waive.cdk8s-pod-patterns/pod-security" in str(document)


def cases(kind: str) -> list[object]:
    return [pytest.param(file, id=f"{file.parent.name}/{file.stem}") for file in sorted(CASES.glob(f"*/{kind}-*.yaml"))]


def options_of(file: Path) -> dict[str, str]:
    found = dict(OPTION.findall(file.read_text("utf-8")))
    if "not-judged" in found:
        pytest.skip(found["not-judged"])
    if minor_version(found.get("target", f"1.{NEWEST}")) != NEWEST:
        pytest.skip(f"about Kubernetes {found['target']}, and this server is 1.{NEWEST}")
    return found


@pytest.mark.parametrize("file", cases("bad"))
def test_the_server_does_with_a_bad_case_what_its_rule_says(server: ApiServer, file: Path) -> None:
    options_of(file)
    documents = [document for document in read_yaml(file.read_bytes()) if isinstance(document, dict)]
    answers = [server.create(document, "default") for document in documents]
    refusals = [answer.message for answer in answers if answer.refused]
    match outcome_of(file.parent.name):
        case Outcome.REFUSED:
            assert refusals
            words = {*fields(file), SAYS.get(file.parent.name, "?")}
            assert any(word.lower() in message.lower() for message in refusals for word in words), refusals
        case Outcome.WARNED:
            assert not refusals
            assert [warning for answer in answers for warning in answer.warnings]
        case _:
            assert not refusals


def fields(file: Path) -> set[str]:
    """The last names in the paths of what we find."""
    objects = [Standards().object(doc) for doc in read_yaml(file.read_bytes()) if isinstance(doc, dict)]
    everything = judge()
    found = [f for obj in objects for f in everything.object(obj)] + list(everything.together(objects))
    mine = [f for f in found if f.rule == file.parent.name]
    return {step for finding in mine for step in [s for s in finding.path if isinstance(s, str)][-2:]}


@pytest.mark.parametrize("file", cases("good"))
def test_the_server_takes_a_good_case(server: ApiServer, file: Path) -> None:
    options_of(file)
    for document in read_yaml(file.read_bytes()):
        assert isinstance(document, dict)
        answer = server.create(document, "default")
        assert not answer.refused, answer.message

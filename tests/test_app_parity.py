"""One tree under `patterns.App` and under `cdk8s.App`: the same files, the same documents, in the same order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from unjudged import Unjudged

from patterns import Chart, Construct, Manifest, PatternError, SynthesisError
from patterns.model.json import JsonObject

import cdk8s  # isort: skip  # after patterns, which finds Node
import cdk8s_plus_34 as kplus  # isort: skip
import constructs  # isort: skip
import jsii  # isort: skip

INCLUDED = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: included-b, namespace: there}
data: {a: "1"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: included-a}
spec: {template: {spec: {containers: [{name: app, image: nginx}]}}}
"""


class NamingChart(Chart):
    def generate_object_name(self, api_object: cdk8s.ApiObject) -> str:
        return f"named-{api_object.kind.lower()}-{api_object.node.id.lower()}"


class ForeignNamingChart(cdk8s.Chart):
    def generate_object_name(self, api_object: cdk8s.ApiObject) -> str:
        return f"foreign-{api_object.kind.lower()}-{api_object.node.id.lower()}"


class ForeignChart(cdk8s.Chart):
    pass


class LabellingChart(Chart):
    @property
    def labels(self) -> dict[str, str]:
        return {"computed": "yes"}


@jsii.implements(constructs.IValidation)
class Complaint:
    def __init__(self, *findings: str) -> None:
        self.findings = list(findings)

    def validate(self) -> list[str]:
        return self.findings


@jsii.implements(cdk8s.IResolver)
class Exclaims:
    """Replaces every string that begins with ``ask``, in objects that are not asked for much."""

    def resolve(self, context: cdk8s.ResolutionContext) -> None:
        if isinstance(context.value, str) and context.value.startswith("ask"):
            context.replace_value({"told": context.value[3:], "at": "/".join(context.key)})


class Tree:
    """Builds one and the same random tree below any app."""

    def __init__(self, seed: int, app: cdk8s.App, include: Path, *, cycles: bool, complaints: bool) -> None:
        self.random = random.Random(seed)
        self.include = str(include)
        self.count = 0
        self.every: list[Any] = []
        for _ in range(self.random.choice((0, 1, 2, 3, 4, 6))):
            self.chart(app, depth=0)
        if self.every:
            self.depend(cycles)
        if complaints:
            for at, construct in enumerate(self.random.choices([app, *self.every], k=3)):
                construct.node.add_validation(Complaint(f"wrong {at}", "also\nwrong"))

    def id(self) -> str:
        self.count += 1
        return self.random.choice(("web{}", "{}", "Web{}", "a/b{}", "ümlaut{}", "resource-{}", "x" * 40 + "{}")).format(
            self.count
        )

    def chart(self, scope: constructs.Construct, depth: int) -> None:
        options: dict[str, Any] = {}
        if self.random.random() < 0.3:
            options["namespace"] = "shop"
        if self.random.random() < 0.3:
            options["labels"] = {"team": "a", "y": "n"}
        if self.random.random() < 0.2:
            options["disable_resource_name_hashes"] = True
        kinds: Sequence[Callable[..., cdk8s.Chart]] = (
            *(Chart, Chart, Chart, cdk8s.Chart, ForeignChart),
            *(NamingChart, ForeignNamingChart, LabellingChart),
        )
        if self.random.random() < 0.15:
            scope = self.construct(scope)
        chart = self.random.choice(kinds)(scope, self.id(), **options)
        self.every.append(chart)
        for _ in range(self.random.choice((0, 0, 1, 2, 3, 4))):
            self.child(chart, depth)

    def construct(self, scope: constructs.Construct) -> constructs.Construct:
        made: constructs.Construct = self.random.choice((Construct, constructs.Construct))(scope, self.id())
        return made

    def child(self, scope: constructs.Construct, depth: int) -> None:
        kind = self.random.random()
        if kind < 0.35:
            self.manifest(scope)
        elif kind < 0.55:
            name = (
                {"metadata": {"name": f"n{self.count}", "labels": {"own": "1"}}} if self.random.random() < 0.3 else {}
            )
            self.every.append(cdk8s.ApiObject(scope, self.id(), api_version="example.com/v1", kind="Thing", **name))
        elif kind < 0.63:
            self.every.append(kplus.k8s.KubeConfigMap(scope, self.id(), data={"x": "y"}))
        elif kind < 0.68:
            self.every.append(
                kplus.Deployment(scope, self.id(), containers=[kplus.ContainerProps(image="nginx", port_number=80)])
            )
        elif kind < 0.72:
            self.every.append(cdk8s.Include(scope, self.id(), url=self.include))
        elif kind < 0.82 and depth < 2:
            self.chart(scope, depth + 1)
        else:
            below = self.construct(scope)
            self.every.append(below)
            for _ in range(self.random.choice((0, 1, 2))):
                if depth < 3:
                    self.child(below, depth + 1)

    def manifest(self, scope: constructs.Construct) -> None:
        options: dict[str, Any] = {"name": f"name{self.count}"} if self.random.random() < 0.3 else {}
        if self.random.random() < 0.3:
            options["labels"] = {"own": "1", "team": "b"}
        if self.random.random() < 0.3:
            options["metadata"] = {"finalizers": ["f/g"], "empty": {}, "extra": {"a": [1]}}
        body: JsonObject = {
            "spec": {"z": [None, 1.0, -0.5, {"b": None, "a": {}}], "a": "ask me", "n": "n", "empty": []},
            "data": {"text": "a\nb\n", "yes": True},
        }
        kind = self.random.choice(("Thing", "CronJob"))
        id = f"m{self.id().lower()}"
        try:
            made = Manifest(scope, id, api_version="example.com/v1", kind=kind, body=body, **options)
        except PatternError:  # an id that makes no name
            self.count += 1
            scope.node.try_remove_child(id)  # half-made, it would stop the synthesis
            made = Manifest(
                scope, f"plain{self.count}", api_version="example.com/v1", kind=kind, body=body, name="plain"
            )
        self.every.append(made)
        if self.random.random() < 0.2:
            made.metadata.add_label("late", "label")
            made.metadata.add_annotation("late", "annotation")
        if self.random.random() < 0.2:
            made.add_json_patch(cdk8s.JsonPatch.replace("/spec/a", {"b": 1}), cdk8s.JsonPatch.add("/top", "x"))

    def depend(self, cycles: bool) -> None:
        if self.random.random() < 0.4:
            return
        for _ in range(self.random.choice((1, 1, 2, 4))):
            a, b = self.random.choice(self.every), self.random.choice(self.every)
            if not cycles and self.every.index(a) < self.every.index(b) and self.random.random() < 0.8:
                a, b = b, a
            if a is not b:
                a.node.add_dependency(b)


def documents(text: str) -> list[Any]:
    return list(yaml.load_all(text, yaml.CSafeLoader))


def files(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(directory.rglob("*")):
        name = str(path.relative_to(directory))
        if path.is_dir():
            found[name] = "directory"
        elif name != ".patterns":
            found[name] = documents(path.read_text())
    return found


@pytest.fixture(scope="module")
def include(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("include") / "included.yaml"
    path.write_text(INCLUDED)
    return path


def outcome(build: Callable[[], cdk8s.App], directory: Path, *, as_text: bool) -> tuple[str, Any]:
    """What came out, or the words of the error."""
    try:
        app = build()
        if as_text:
            return "text", documents(app.synth_yaml())
        app.synth()
    except SynthesisError as error:
        return "error", str(error)
    except RuntimeError as error:
        return "error", str(error).removeprefix("Error: ")
    return "files", files(directory)


TYPES = list(cdk8s.YamlOutputType)


@pytest.mark.parametrize(
    "seed", [*range(120), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(120, 400))]
)
def test_a_tree_comes_out_as_under_cdk8s(seed: int, tmp_path: Path, include: Path) -> None:
    choose = random.Random(-seed)
    options: dict[str, Any] = {
        "yaml_output_type": TYPES[seed % len(TYPES)],
        "record_construct_metadata": choose.random() < 0.3,
    }
    if choose.random() < 0.2:
        options["output_file_extension"] = ".yml"
    if choose.random() < 0.15:
        options["resolvers"] = [Exclaims()]
    as_text = choose.random() < 0.2
    kinds = {"cycles": choose.random() < 0.1, "complaints": choose.random() < 0.1}

    def build(kind: type[cdk8s.App]) -> cdk8s.App:
        app = kind(outdir=str(tmp_path / kind.__module__), **options)
        Tree(seed, app, include, **kinds)
        return app

    ours = outcome(lambda: build(Unjudged), tmp_path / Unjudged.__module__, as_text=as_text)
    plain = outcome(lambda: build(cdk8s.App), tmp_path / cdk8s.App.__module__, as_text=as_text)
    if ours[0] == "error" and "would both be written" in ours[1]:
        pytest.skip("cdk8s writes one file over another here")
    assert ours == plain

"""Patterns on every workload of real YAML files: the contribution is added, and nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unjudged import Unjudged

from patterns import Chart, Container, InitContainer, SharedScratch, Sidecar
from patterns.manifest import Manifest
from patterns.model.json import Json, JsonObject, object_at, objects_at, text_at
from patterns.objects.yaml_file import YamlFile
from patterns.pod.template import is_list, items_of, pod_paths, replaced, template_at
from patterns.workloads.attached import PodOf
from patterns.yaml import read_yaml

import cdk8s  # isort: skip  # after patterns, which finds Node

#: real files, which are no part of the project, and its own small ones with what is tricky in them
FOLDERS = (Path(__file__).parents[3] / "shared" / "manifests", Path(__file__).parents[1] / "data")
NO_OBJECTS = ("server.json", "README.md", "pod_security.yaml", "versions.json")
FILES = sorted(
    path
    for folder in FOLDERS
    if folder.is_dir()
    for path in folder.iterdir()
    if path.suffix in (".yaml", ".yml", ".json", ".golden") and path.name not in NO_OBJECTS
)


def attach(app: cdk8s.App, text: bytes) -> tuple[Chart, tuple[Manifest, ...]]:
    """A chart with the file's objects, and three patterns on each pod in them."""
    chart = Chart(app, "chart", namespace="not-in-the-file", labels={"not": "in-the-file"})
    file = YamlFile(chart, "file", text=text)
    for obj in file.objects:
        paths = pod_paths(obj.to_json())
        for path in paths:
            scope = obj if len(paths) == 1 else PodOf(obj, path)
            scratch = SharedScratch(scope, "our-scratch", mount_path="/our/scratch", size_limit="1Gi")
            Sidecar(
                scope,
                "our-sidecar",
                container=Container(name="our-sidecar", image="tool:1", volume_mounts=[scratch.mount]),
                grace_seconds=7,
            )
            InitContainer(
                scope, "our-init", container=Container(name="our-init", image="tool:1"), before=["our-sidecar"]
            )
    return chart, file.objects


def objects_of(text: bytes) -> list[JsonObject]:
    found: list[JsonObject] = []
    for document in read_yaml(text):
        assert isinstance(document, dict)
        found += [item for item in items_of(document) if isinstance(item, dict)] if is_list(document) else [document]
    return found


def taken_off(document: JsonObject, original: JsonObject) -> JsonObject:
    """The document without the three contributions; the original only tells how an empty list was written."""
    for path in pod_paths(original):
        template, before = template_at(document, path), object_at(template_at(original, path), "spec")
        spec = dict(object_at(template, "spec"))
        for key, names in (("initContainers", {"our-init", "our-sidecar"}), ("volumes", {"our-scratch"})):
            added = [item for item in objects_at(spec, key) if text_at(item, "name") in names]
            assert len(added) == len(names), (path, key)
            put_back(spec, before, key, [item for item in items(spec, key) if item not in added])
        assert text_at(items(dict(object_at(template, "spec")), "initContainers")[-2], "name") == "our-init"
        containers: list[Json] = []
        for container, was in zip(objects_at(spec, "containers"), objects_at(before, "containers"), strict=True):
            mount: JsonObject = {"name": "our-scratch", "mountPath": "/our/scratch"}
            changed = dict(container)
            mounts = items(changed, "volumeMounts")
            assert mounts[-1] == mount, path
            put_back(changed, was, "volumeMounts", mounts[:-1])
            containers.append(changed)
        spec["containers"] = containers
        assert spec["terminationGracePeriodSeconds"] == seconds(before) + 7
        if "terminationGracePeriodSeconds" in before:
            spec["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
        else:
            del spec["terminationGracePeriodSeconds"]
        document = replaced(document, path, {**template, "spec": spec})
    return document


def seconds(spec: JsonObject) -> int:
    value = spec.get("terminationGracePeriodSeconds")
    return value if isinstance(value, int) else 30


def items(value: JsonObject, key: str) -> list[Json]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def put_back(value: JsonObject, original: JsonObject, key: str, rest: list[Json]) -> None:
    if rest or original.get(key) == []:
        value[key] = rest
    elif key in original:
        value[key] = None
    else:
        del value[key]


def without_nulls(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_patterns_add_themselves_and_change_nothing_else(path: Path) -> None:
    text = path.read_bytes()
    app = Unjudged()
    _, objects = attach(app, text)
    originals = objects_of(text)
    written = read_yaml(app.synth_yaml()) if objects else []
    assert len(originals) == len(objects) == len(written)
    for original, obj, document in zip(originals, objects, written, strict=True):
        assert isinstance(document, dict)
        # byte for byte: the order of keys is the file's
        assert json.dumps(taken_off(document, original)) == json.dumps(original)
        assert json.dumps(document) == json.dumps(obj.to_json())


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_another_root_renders_the_same(path: Path) -> None:
    text = path.read_bytes()
    chart, objects = attach(cdk8s.App(), text)
    # nothing that is null gets through to Node, and Kubernetes takes it for the same
    assert json.dumps(chart.to_json()) == json.dumps([without_nulls(obj.to_json()) for obj in objects])


def test_the_files_hold_many_workloads() -> None:
    if not FOLDERS[0].is_dir():
        pytest.skip("the real files are not here")
    assert len(FILES) > 200
    assert sum(len(pod_paths(obj)) for path in FILES for obj in objects_of(path.read_bytes())) > 300

"""The app writes what cdk8s writes, all of it or nothing, and says everything that is wrong at once."""

from __future__ import annotations

import json
import traceback
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from patterns import App, Chart, Construct, InvalidValue, Manifest, PatternError, SynthesisError, WrongType
from patterns.manifest import attachments

import cdk8s  # isort: skip  # after patterns, which finds Node
import constructs  # isort: skip
import jsii  # isort: skip


def thing(scope: constructs.Construct, id: str, **options: Any) -> Manifest:
    return Manifest(scope, id, api_version="example.com/v1", kind="Thing", **options)


def written(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


def test_writes_one_file_for_each_chart(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    thing(Chart(app, "shop"), "web", name="web", body={"spec": {"replicas": 2}})
    Chart(app, "empty")
    app.synth()
    assert written(tmp_path) == [".patterns", "empty.k8s.yaml", "shop.k8s.yaml"]
    assert (tmp_path / "shop.k8s.yaml").read_text() == (
        "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: web\nspec:\n  replicas: 2\n"
    )
    assert (tmp_path / "empty.k8s.yaml").read_text() == ""


def test_the_output_directory_is_the_option_the_environment_or_dist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDK8S_OUTDIR", raising=False)
    monkeypatch.delenv("CDK8S_RECORD_CONSTRUCT_METADATA", raising=False)
    apps = {"dist": App()}
    monkeypatch.setenv("CDK8S_OUTDIR", "env")
    monkeypatch.setenv("CDK8S_RECORD_CONSTRUCT_METADATA", "true")
    apps["env"] = App()
    apps["option"] = App(outdir="option", record_construct_metadata=False)
    for outdir, app in apps.items():
        thing(Chart(app, "shop"), "web")
        assert app.outdir == outdir
        app.synth()
    assert written(tmp_path) == [
        *("dist/.patterns", "dist/shop.k8s.yaml"),
        *("env/.patterns", "env/construct-metadata.json", "env/shop.k8s.yaml"),
        *("option/.patterns", "option/shop.k8s.yaml"),
    ]
    recorded = json.loads((tmp_path / "env/construct-metadata.json").read_text())
    assert recorded == {"version": "1.0.0", "resources": {"shop-web-c80b2a96": {"path": "shop/web"}}}


def test_files_of_removed_charts_go(tmp_path: Path) -> None:
    for ids in (("shop", "blog"), ("shop",)):
        app = App(outdir=str(tmp_path))
        for id in ids:
            thing(Chart(app, id), "web")
        app.synth()
    assert written(tmp_path) == [".patterns", "shop.k8s.yaml"]


def test_the_tree_answers_as_before_when_it_was_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    first, second = Chart(app, "first"), Chart(app, "second")
    first.add_dependency(second)
    app.synth()
    assert app.charts == [second, first]
    assert app.synthesizing is False
    assert cdk8s.App.of(first) is app


@jsii.implements(constructs.IValidation)
class Complaint:
    def __init__(self, *findings: str) -> None:
        self.findings = list(findings)

    def validate(self) -> list[str]:
        return self.findings


class Broken(Manifest):
    def findings(self) -> list[str]:
        return ["replicas must be 1", "image must be given"]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "shop.k8s.yaml").write_text("old\n")
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop")
    Broken(chart, "web", api_version="example.com/v1", kind="Thing")
    thing(chart, "patched").add_json_patch(cdk8s.JsonPatch.add("/no/where", 1))
    thing(Chart(app, "fine"), "web")
    for synthesize in (app.synth, app.synth_yaml):
        with pytest.raises(SynthesisError) as caught:
            synthesize()
        assert str(caught.value).splitlines() == list(caught.value.findings)
        assert caught.value.findings[:2] == (
            "Broken 'shop/web': replicas must be 1",
            "Broken 'shop/web': image must be given",
        )
        assert caught.value.findings[2].startswith("Manifest 'shop/patched': a JSON patch does not fit: ")
    assert written(tmp_path) == ["shop.k8s.yaml"]
    assert (tmp_path / "shop.k8s.yaml").read_text() == "old\n"


def test_validations_of_the_tree_come_in_the_words_of_cdk8s(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop")
    chart.node.add_validation(Complaint("no good", "bad"))
    thing(chart, "web").node.add_validation(Complaint("worse"))
    with pytest.raises(SynthesisError) as caught:
        app.synth()
    assert caught.value.findings == ("[shop] no good", "[shop] bad", "[shop/web] worse")
    assert str(caught.value) == (
        "Validation failed with the following errors:\n  [shop] no good\n  [shop] bad\n  [shop/web] worse"
    )


def test_a_cycle_comes_in_the_words_of_cdk8s(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    first, second = Chart(app, "first"), Chart(app, "second")
    first.add_dependency(second)
    second.add_dependency(first)
    with pytest.raises(SynthesisError, match=r"^Dependency cycle detected: .*first => second"):
        app.synth()


@pytest.mark.parametrize("alone", [True, False])
def test_what_depends_on_itself_is_refused_because_it_would_be_left_out(alone: bool, tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "first")
    own, other = thing(chart, "web"), thing(chart, "other")
    if not alone:
        thing(Chart(app, "second"), "web")
    chart.add_dependency(chart)
    own.add_dependency(own)
    other.add_dependency(own)
    rule = "must not depend on itself, for which cdk8s would leave it out; take out the add_dependency"
    for synthesize in (app.synth, app.synth_yaml):
        with pytest.raises(SynthesisError) as caught:
            synthesize()
        assert caught.value.findings == (f"Chart 'first': {rule}", f"Manifest 'first/web': {rule}")
    assert written(tmp_path) == []


def test_somebody_elses_chart_that_depends_on_itself_is_refused_too(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    first = cdk8s.Chart(app, "first")
    for chart in (first, Chart(app, "second")):
        cdk8s.ApiObject(chart, "web", api_version="example.com/v1", kind="Thing")
    first.add_dependency(first)
    with pytest.raises(SynthesisError, match="Chart 'first': must not depend on itself") as caught:
        app.synth()
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert len([frame for frame in frames if "/patterns/" in frame.filename]) <= 3


def test_a_construct_that_depends_on_itself_is_written_as_by_cdk8s(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    bundle = Construct(Chart(app, "shop"), "bundle")
    thing(bundle, "web")
    bundle.node.add_dependency(bundle)
    assert "kind: Thing" in app.synth_yaml()


def own_charts(root: type[cdk8s.App]) -> type[cdk8s.App]:
    class Some(root):  # type: ignore[valid-type,misc]  # either root
        left_out = "second"

        @property
        def charts(self) -> list[cdk8s.Chart]:
            return [chart for chart in reversed(super().charts) if chart.node.id != self.left_out]

    return Some


@pytest.mark.parametrize("depend", [False, True])
@pytest.mark.parametrize("asked", [False, True])
def test_an_app_that_gives_some_of_its_charts_writes_those_as_cdk8s_does(
    depend: bool, asked: bool, tmp_path: Path
) -> None:
    found = []
    for name, root in (("cdk8s", cdk8s.App), ("ours", App)):
        app = own_charts(root)(outdir=str(tmp_path / name), yaml_output_type=cdk8s.YamlOutputType.FILE_PER_CHART)
        charts = [Chart(app, id) for id in ("first", "second", "third")]
        for chart in charts:
            cdk8s.ApiObject(chart, "web", api_version="example.com/v1", kind="Thing")
        if depend:
            charts[0].add_dependency(charts[2])
        if asked:
            assert app.node.children
        app.synth()
        files = {name: (tmp_path / root.__name__ / name) for name in written(tmp_path / name) if name != ".patterns"}
        found.append((list(files), app.synth_yaml(), [chart.node.id for chart in app.charts]))
    assert found[0] == found[1]
    assert len(found[0][0]) == 2


@pytest.mark.parametrize("asked", [False, True])
def test_charts_that_are_found_once_are_written(asked: bool) -> None:
    class Once(App):
        @cached_property
        def charts(self) -> list[cdk8s.Chart]:  # pyright: ignore[reportIncompatibleMethodOverride]  # a way that users go
            return list(super().charts)

    class Twice(Once):
        """It says nothing of charts."""

    app = Twice()
    chart = Chart(app, "shop")
    thing(chart, "web")
    if asked:
        assert chart.node.children
    assert "kind: Thing" in app.synth_yaml()


def test_charts_that_are_no_property_are_refused() -> None:
    with pytest.raises(WrongType, match=r"^Listed: charts must be a property, got list"):
        type("Listed", (App,), {"charts": []})


def test_charts_of_another_app_are_not_written(tmp_path: Path) -> None:
    class Wrong(App):
        @property
        def charts(self) -> list[cdk8s.Chart]:
            return [other]

    other = Chart(App(), "other")
    app = Wrong(outdir=str(tmp_path))
    thing(Chart(app, "shop"), "web")
    with pytest.raises(SynthesisError, match="charts must give charts of the app, got Chart 'other'; leave it out"):
        app.synth()
    assert written(tmp_path) == []


def test_a_broken_rule_stops_an_app_with_charts_of_its_own_before_node_writes(tmp_path: Path) -> None:
    class One(App):
        @property
        def charts(self) -> list[cdk8s.Chart]:
            return [shop]

    app = One(outdir=str(tmp_path))
    shop = Chart(app, "shop")
    Broken(shop, "web", api_version="example.com/v1", kind="Thing")
    assert app.node.children
    with pytest.raises(SynthesisError, match="replicas must be 1"):
        app.synth()
    assert written(tmp_path) == []


def test_a_folder_of_a_chart_that_is_a_file_is_named_at_the_users_line(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=cdk8s.YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE)
    thing(Chart(app, "shop"), "web")
    (tmp_path / "shop").write_text("theirs")
    with pytest.raises(PatternError, match=r"shop' is no directory, and must be one; move it away") as caught:
        app.synth()
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert len([frame for frame in frames if "/patterns/" in frame.filename]) <= 3
    assert written(tmp_path) == ["shop"]


def test_an_empty_directory_of_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK8S_OUTDIR", "")
    with pytest.raises(
        InvalidValue, match=r"^App: CDK8S_OUTDIR must not be empty, .*; unset it, or set it to a directory"
    ):
        App()
    App(outdir="dist")


class Odd(Exception):
    pass


@jsii.implements(constructs.IValidation)
class Raises:
    def validate(self) -> list[str]:
        raise Odd("in a validation")


@jsii.implements(cdk8s.IResolver)
class RaisesToo:
    def resolve(self, context: cdk8s.ResolutionContext) -> None:
        raise Odd("in a resolver")


class RendersItself(cdk8s.ApiObject):
    def to_json(self) -> Any:
        raise Odd("in to_json")


def test_an_exception_of_the_users_own_code_keeps_its_type(tmp_path: Path) -> None:
    validated = App(outdir=str(tmp_path))
    validated.node.add_validation(Raises())
    resolving = App(outdir=str(tmp_path), resolvers=[RaisesToo()])
    cdk8s.ApiObject(Chart(resolving, "shop"), "web", api_version="example.com/v1", kind="Thing")
    rendering = App(outdir=str(tmp_path))
    RendersItself(Chart(rendering, "shop"), "web", api_version="example.com/v1", kind="Thing")
    for app, where in ((validated, "a validation"), (resolving, "a resolver"), (rendering, "to_json")):
        with pytest.raises(Odd, match=f"^in {where}$"):
            app.synth()


def test_an_exception_that_is_being_handled_is_not_taken_for_one_of_a_callback(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    Chart(app, "shop").node.add_validation(Complaint("bad"))
    try:
        raise Odd("before")
    except Odd:
        with pytest.raises(SynthesisError, match="bad"):
            app.synth()


class Naming(Chart):
    def generate_object_name(self, api_object: cdk8s.ApiObject) -> str:
        if api_object.kind == "Odd":
            raise Odd("in a name")
        return f"{api_object.kind.lower()}-x"


def test_a_chart_that_names_its_objects_is_asked() -> None:
    chart = Naming(App(), "shop")
    assert thing(chart, "web").name == "thing-x"
    with pytest.raises(Odd, match="in a name"):
        Manifest(chart, "odd", api_version="example.com/v1", kind="Odd")


def test_the_flag_tells_when_node_validates(tmp_path: Path) -> None:
    seen: list[bool] = []

    @jsii.implements(constructs.IValidation)
    class Looks:
        def validate(self) -> list[str]:
            seen.append(app.synthesizing)
            return []

    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop")
    app.node.add_validation(Looks())
    app.synth()
    cdk8s.Testing.synth(chart)
    assert seen == [True, False]


def test_an_attachment_changes_somebody_elses_object(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop")
    made = cdk8s.ApiObject(chart, "web", api_version="example.com/v1", kind="Thing", metadata={"name": "web"})
    attachments.keep(made, lambda document: {**document, "spec": {"added": True}})
    assert app.synth_yaml() == "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: web\nspec:\n  added: true\n"


def test_what_an_attachment_refuses_is_a_finding(tmp_path: Path) -> None:
    def refuse(document: dict[str, Any]) -> dict[str, Any]:
        raise InvalidValue("it has no pod")

    app = App(outdir=str(tmp_path))
    made = cdk8s.ApiObject(Chart(app, "shop"), "web", api_version="example.com/v1", kind="Thing")
    attachments.keep(made, refuse)
    with pytest.raises(SynthesisError) as caught:
        app.synth()
    assert caught.value.findings == ("ApiObject 'shop/web': it has no pod",)


def per_resource(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path), yaml_output_type=cdk8s.YamlOutputType.FILE_PER_RESOURCE)


def test_equal_names_in_two_namespaces_are_two_files(tmp_path: Path) -> None:
    app = per_resource(tmp_path)
    for id in ("here", "there"):
        thing(Chart(app, id, namespace=id), "web", name="web")
    thing(Chart(app, "nowhere"), "web", name="web")
    thing(Chart(app, "other"), "db", name="db", namespace="here")
    app.synth()
    assert written(tmp_path) == [
        ".patterns",
        "Thing.db.k8s.yaml",
        "Thing.web.here.k8s.yaml",
        "Thing.web.k8s.yaml",
        "Thing.web.there.k8s.yaml",
    ]


def test_one_name_for_two_files_is_refused(tmp_path: Path) -> None:
    app = per_resource(tmp_path)
    for id in ("here", "there"):
        thing(Chart(app, id, namespace="one"), "web", name="web")
    with pytest.raises(SynthesisError) as caught:
        app.synth()
    assert caught.value.findings == (
        "Thing 'here/web' and Thing 'there/web' would both be written to 'Thing.web.one.k8s.yaml'; "
        "give one of them another name",
    )
    assert written(tmp_path) == []


def test_names_that_differ_in_capitals_are_one_file(tmp_path: Path) -> None:
    app = per_resource(tmp_path)
    chart = Chart(app, "shop")
    thing(chart, "a", name="web")
    Manifest(chart, "b", api_version="example.com/v1", kind="THING", name="web")
    with pytest.raises(SynthesisError, match=r"Thing 'shop/a' and THING 'shop/b' would both be written"):
        app.synth()


def test_a_chart_that_renders_itself_is_asked(tmp_path: Path) -> None:
    class Adding(Chart):
        def to_json(self) -> list[Any]:
            return [
                *super().to_json(),
                {"apiVersion": "example.com/v1", "kind": "Extra", "metadata": {"name": "extra"}},
            ]

    app = App(outdir=str(tmp_path))
    thing(Adding(app, "shop"), "web", name="web")
    app.synth()
    assert "kind: Extra" in (tmp_path / "shop.k8s.yaml").read_text()


def test_a_construct_below_the_app_may_hold_charts(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    thing(Chart(Construct(app, "team"), "shop"), "web")
    app.synth()
    assert written(tmp_path) == [".patterns", "team-shop-c872219c.k8s.yaml"]

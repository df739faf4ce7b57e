"""Methods of constructs say whose they are, and what they were given."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, cast

import pytest

from patterns import (
    App,
    Chart,
    Container,
    Contribution,
    Deployment,
    EnvVar,
    InvalidValue,
    Manifest,
    Pattern,
    PatternError,
    PodOf,
    SharedScratch,
    VolumeMount,
    WrongType,
    YamlFile,
    defaults,
    image_reference,
    literal,
)
from patterns.testing import find, synth

APP = Container(name="app", image="registry.example.com/shop:1")
RAYS: Any = {"spec": {"head": {"template": {"spec": {"containers": [{"name": "ray", "image": "ray:1"}]}}}}}
PATH = "/spec/head/template"


_VARIABLE = EnvVar(name="A", value="b")


class Shop:
    def __init__(self) -> None:
        self.chart = Chart(App(), "shop")
        self.web: Any = Deployment(self.chart, "web", containers=[APP])
        self.pattern: Any = Pattern(self.web, "mine")
        self.rays: Any = Manifest(self.chart, "rays", api_version="ray.io/v1", kind="RayCluster", body=RAYS)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda s: s.web.add_labels("a"),
            "Deployment 'shop/web': add_labels(): labels must be a dict of str, got",
        ),
        (
            lambda s: s.web.add_labels({"a": "b c"}),
            "Deployment 'shop/web': labels['a'] must be at most 63 letters, digits, '-', '_' and '.'",
        ),
        (
            lambda s: s.web.free_port("x"),
            "Deployment 'shop/web': free_port(): preferred must be an int, got a str 'x'",
        ),
        (
            lambda s: s.web.free_port(0),
            "Deployment 'shop/web': free_port(): preferred must be 1-65535, got 0",
        ),
        (
            lambda s: s.pattern.free_port("8080"),
            "Pattern 'shop/web/mine': free_port(): preferred must be an int, got a str '8080'; write preferred=8080",
        ),
        (
            lambda s: s.pattern.contribute({"sidecars": []}),
            "Pattern 'shop/web/mine': contribute(): contribution must be a Contribution, got a dict",
        ),
        (
            lambda s: s.pattern.contribute(Contribution(mounts={"other": []}, env={"other": [_VARIABLE]})),
            "Pattern 'shop/web/mine': the pod has no container 'other'; it has 'app'",
        ),
        (
            lambda s: s.web.contribute(Contribution(sidecars=[APP]), "me"),
            "Deployment 'shop/web': container name 'app' is taken by the pod itself, and me wants it too",
        ),
        (
            lambda s: cast("Any", PodOf(s.rays, PATH)).workload.free_port("x"),
            "RayCluster 'shop/rays': free_port(): preferred must be an int, got a str 'x'",
        ),
        (
            lambda s: cast("Any", PodOf)(obj=s.rays, path=5),
            "PodOf 'shop/rays/?': path must be a JSON Pointer",
        ),
        (lambda s: PodOf(obj=s.rays, path="/a"), "PodOf 'shop/rays/a': there is no pod template at '/a'"),
        (
            lambda s: cast("Any", PodOf)(obj="rays", path=PATH),
            "PodOf 'spec--head--template': obj must be the object",
        ),
        (
            lambda s: PodOf(obj=s.web, path=PATH),
            "PodOf 'shop/web/spec--head--template': obj must not be a workload",
        ),
        (lambda s: s.web.waive("a", because=5), "Deployment 'shop/web': waive(): because must be a str, got an int 5"),
        (lambda s: s.rays.change_document(5), "Manifest 'shop/rays': change_document(): change must be a Callable"),
        (
            lambda s: YamlFile(s.chart, "f", text="").find(kind="Pod"),
            "YamlFile 'shop/f': there are 0 objects with kind='Pod', and one was looked for; the file has nothing",
        ),
        (
            lambda s: YamlFile(s.chart, "f", path="a\0b"),
            "YamlFile 'shop/f': path must be a YAML file that can be read, got 'a\\x00b'",
        ),
        (lambda s: literal(5), "literal: text must be a str, got an int 5"),  # type: ignore[arg-type]
        (lambda s: image_reference("A"), "image_reference: image must "),
        (
            lambda s: defaults.from_registry(5),  # type: ignore[arg-type]
            "from_registry: prefix must be a registry such as 'registry.example.com/mirror', got an int",
        ),
        (
            lambda s: App(defaults={"SCRATCH": "1Gi"}),  # type: ignore[dict-item]
            "App: defaults must have markers of patterns.defaults as keys, got 'SCRATCH'; write ",
        ),
        (lambda s: App(outdir="a\0b"), "App: outdir must not hold a NUL character, got 'a\\x00b'; write a path"),
        (lambda s: App(output_file_extension="/a"), "App: output_file_extension must be the end of a file's name"),
        (lambda s: Chart(s.chart, "c", labels={"a": 5}), "Chart 'shop/c': labels['a'] must be a str, got an int 5"),  # type: ignore[dict-item]
        (
            lambda s: Deployment(s.chart, "d", containers=[APP], defaults=[5]),  # type: ignore[arg-type]
            "Deployment 'shop/d': defaults must be a dict, got a list; write ",
        ),
        (
            lambda s: Deployment(s.chart, "d", containers=[APP], pod_spec="hostNetwork"),  # type: ignore[arg-type]
            "Deployment 'shop/d': pod_spec must be a dict of plain JSON, got a str 'hostNetwork'",
        ),
        (lambda s: Deployment(s.chart, "\ud800", containers=[APP]), "Deployment 'shop/\\ud800': id must be text"),
        (lambda s: synth(App()), "synth: chart must be a Chart, got App"),  # type: ignore[arg-type]
        (lambda s: find([5], "Pod"), "find: documents[0] must be a dict of plain JSON, got an int 5"),  # type: ignore[list-item]
    ],
)
def test_a_mistake_names_the_object_the_method_and_the_argument(call: Callable[[Shop], object], message: str) -> None:
    shop = Shop()
    with pytest.raises(PatternError) as raised:
        call(shop)
    assert str(raised.value).startswith(message)
    assert len(traceback.extract_tb(raised.value.__traceback__)) <= 2 + 3


def test_of_methods_that_call_each_other_the_users_own_speaks() -> None:
    class Mine(Pattern):
        def __init__(self, scope: Any, id: str) -> None:
            super().__init__(scope, id)
            self.contribute(Contribution(sidecars=[APP]))

    with pytest.raises(PatternError, match=r"^Mine 'shop/web/mine2': container name 'app' is taken by the pod"):
        Mine(Shop().web, "mine2")


def test_a_pattern_contributes_when_it_is_placed() -> None:
    class Early(Pattern):
        def __init__(self, scope: Any, id: str) -> None:
            self.contribute(Contribution())
            super().__init__(scope, id)

    with pytest.raises(WrongType, match=r"super\(\).__init__\(scope, id\) must come before contribute\(\)"):
        Early(Shop().web, "early")


def test_a_construct_of_a_users_speaks_for_what_has_no_speaker() -> None:
    class Stack(Chart):
        def __init__(self, scope: Any, id: str) -> None:
            super().__init__(scope, id)
            raise InvalidValue("the team has no name")

    with pytest.raises(InvalidValue, match=r"^Stack 'stack': the team has no name$"):
        Stack(App(), "stack")


def test_a_name_that_is_too_long_is_refused_for_kinds_without_a_limit_of_their_own() -> None:
    with pytest.raises(InvalidValue, match=r"^Deployment 'shop/d': name must be at most 253 characters, got 254"):
        Deployment(Shop().chart, "d", containers=[APP], name="d" * 254)


def test_scratch_and_mounts_speak_for_themselves() -> None:
    shop = Shop()
    with pytest.raises(WrongType, match=r"^Pattern 'shop/web/mine': sharing\(\): mount must be a VolumeMount"):
        shop.pattern.sharing(SharedScratch(shop.web, "s", mount_path="/s"))
    assert shop.pattern.sharing(VolumeMount(volume="none", mount_path="/n")) == ()


def test_what_somebody_adds_to_an_error_on_its_way_stays() -> None:
    class Team(Deployment):
        def contribute(self, contribution: Contribution, by: object) -> None:
            try:
                super().contribute(contribution, by)
            except PatternError as error:
                error.message = f"see wiki/42: {error.message}"
                raise

    web = Team(Shop().chart, "team", containers=[APP])
    with pytest.raises(
        PatternError, match=r"^SharedScratch 'shop/team/v': see wiki/42: the pod has no container 'nope'"
    ):
        SharedScratch(web, "v", mount_path="/x", writers=["nope"])


def test_a_method_without_its_object_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="missing 2 required positional arguments"):
        Manifest.add_labels()  # type: ignore[call-arg]


def test_scope_and_id_are_found_by_their_names() -> None:
    class Configured(Chart):
        def __init__(self, config: str, scope: Any, id: str) -> None:
            super().__init__(scope, id)
            raise InvalidValue(f"{config} is not there")

    with pytest.raises(InvalidValue, match=r"^Configured 'shop': x is not there$"):
        Configured("x", App(), "shop")

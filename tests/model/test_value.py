"""What all values share: checked types, errors at the user's line, frozen content."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type, call-arg, dict-item, index, list-item, misc"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import (
    ConfigMapKey,
    Container,
    ContainerPort,
    EmptyDir,
    EnvVar,
    HostPath,
    HttpGet,
    Json,
    JsonObject,
    Probe,
    ResourceRequirements,
    SecretKey,
    Security,
    SecurityContext,
    Value,
    Volume,
    VolumeMount,
)
from patterns.model.value import replace

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: Container(name="app", image="a", readiness_probe={"periodSeconds": 5, "httpGet": {"port": 80}}),
        WrongType,
        (
            "Container 'app': readiness_probe must be a Probe, got a dict; write "
            "readiness_probe=Probe(period_seconds=5, ...)"
        ),
    ),
    (
        lambda: Container(name="app", image="a", readiness_probe={"periodSeconds": 5}),
        WrongType,
        ("Container 'app': readiness_probe must be a Probe, got a dict; write readiness_probe=Probe(period_seconds=5)"),
    ),
    (
        lambda: Container(name="app", image="a", resources={"limits": {"memory": "1Gi"}}),
        WrongType,
        (
            "Container 'app': resources must be a ResourceRequirements, got a dict; write "
            "resources=ResourceRequirements(limits=...)"
        ),
    ),
    (
        lambda: Container(name="app", image="a", env={"PORT": 8080}),
        WrongType,
        (
            "Container 'app': env['PORT'] must be a str, a SecretKey, a ConfigMapKey, a FieldPath, a "
            'ResourceField or a FileKey, got an int 8080; write "8080"'
        ),
    ),
    (
        lambda: Container(name="app", image="a", env={"DEBUG": True}),
        WrongType,
        (
            "Container 'app': env['DEBUG'] must be a str, a SecretKey, a ConfigMapKey, a FieldPath, "
            'a ResourceField or a FileKey, got a bool True; write "true"'
        ),
    ),
    (
        lambda: Container(name="app", image="a", env={1: "a"}),
        WrongType,
        "Container 'app': env: key 1 must be a str, got an int 1; write \"1\"",
    ),
    (
        lambda: Container(name="app", image="a", env=[{"name": "A", "value": "b"}]),
        WrongType,
        "Container 'app': env[0] must be an EnvVar, got a dict; write EnvVar(name='A', value='b')",
    ),
    (
        lambda: Container(name="app", image="a", command="ls -l"),
        WrongType,
        ("Container 'app': command must be a list of str, got a str 'ls -l'; write command=['ls', '-l']"),
    ),
    (
        lambda: Container(name="app", image="a", args={"a"}),
        WrongType,
        "Container 'app': args must be a list of str, got a set",
    ),
    (
        lambda: Container(name="app", image="a", args=["-n", 3]),
        WrongType,
        "Container 'app': args[1] must be a str, got an int 3; write \"3\"",
    ),
    (
        lambda: Container(name="app", image="a", ports=8080),
        WrongType,
        ("Container 'app': ports must be a list of int or ContainerPort, got an int 8080; write ports=[8080]"),
    ),
    (
        lambda: Container(name="app", image="a", ports=["8080"]),
        WrongType,
        "Container 'app': ports[0] must be an int or a ContainerPort, got a str '8080'; write 8080",
    ),
    (
        lambda: Container(name="app", image="a", ports=[True]),
        WrongType,
        "Container 'app': ports[0] must be an int or a ContainerPort, got a bool True",
    ),
    (
        lambda: Container(name="app", image="a", ports=[{"containerPort": 80}]),
        WrongType,
        (
            "Container 'app': ports[0] must be an int or a ContainerPort, got a dict; write "
            "ContainerPort(container_port=80)"
        ),
    ),
    (
        lambda: Container(name="app", image="a", stdin="true"),
        WrongType,
        "Container 'app': stdin must be a bool, got a str 'true'; write stdin=True",
    ),
    (
        lambda: Container(name="app", image="a", tty=1),
        WrongType,
        "Container 'app': tty must be a bool, got an int 1; write tty=True",
    ),
    (lambda: Container(name="app", image=None), WrongType, "Container 'app': image must be a str, got None"),
    (lambda: Container(name=7, image="a"), WrongType, 'Container: name must be a str, got an int 7; write name="7"'),
    (
        lambda: Container(name="app", image="a", image_pull_policy="always"),
        InvalidValue,
        ("Container 'app': image_pull_policy must be 'Always', 'IfNotPresent' or 'Never', got 'always'"),
    ),
    (
        lambda: Container(name="app", image="a", image_pull_policy=True),
        WrongType,
        (
            "Container 'app': image_pull_policy must be 'Always', 'IfNotPresent' or 'Never', got a "
            "bool True; write image_pull_policy='Always'"
        ),
    ),
    (
        lambda: Container(name="app", image="a", volume_mounts=VolumeMount(volume="data", mount_path="/data")),
        WrongType,
        ("Container 'app': volume_mounts must be a list of VolumeMount, got a VolumeMount; write volume_mounts=[...]"),
    ),
    (
        lambda: Container(name="app", image="a", working_dir="/\ud800"),
        InvalidValue,
        ("Container 'app': working_dir must be text that a file can carry, got half of a surrogate pair in '/\\ud800'"),
    ),
    (
        lambda: Container(name="app", image="a", extra={"imagePulPolicy": "Always"}),
        InvalidValue,
        (
            "Container 'app': extra: Kubernetes 1.37 knows no field 'imagePulPolicy' in Container; "
            "write image_pull_policy=... instead"
        ),
    ),
    (
        lambda: Container(name="app", image="a", extra={"readinessProbe": {}}),
        InvalidValue,
        ("Container 'app': extra: readinessProbe is an option of Container; write readiness_probe=... instead"),
    ),
    (
        lambda: Container(name="app", image="a", extra={"sidecar": 1}),
        InvalidValue,
        "Container 'app': extra: Kubernetes 1.37 knows no field 'sidecar' in Container",
    ),
    (
        lambda: Container(name="app", image="a", extra={"sidecar": {1, 2}}),
        InvalidValue,
        (
            "Container 'app': extra['sidecar'] must be plain JSON, but {1, 2} is no plain JSON "
            "(None, bool, int, float, str, list, dict)"
        ),
    ),
    (
        lambda: Container(name="app", image="a", extra=["a"]),
        WrongType,
        "Container 'app': extra must be a dict of plain JSON, got a list",
    ),
    (
        lambda: HttpGet(80, extra={"protcol": "HTTP2"}),
        InvalidValue,
        ("HttpGet: extra: Kubernetes 1.37 knows no field 'protcol' in HTTPGetAction; did you mean 'protocol'"),
    ),
    (
        lambda: HttpGet(80, extra={"protocol": float("nan")}),
        InvalidValue,
        "HttpGet: extra['protocol'] must be plain JSON, but nan is no number in JSON",
    ),
    (
        lambda: HttpGet(80, extra={"protocol": 2**60}),
        InvalidValue,
        (
            "HttpGet: extra['protocol'] must be plain JSON, but 1152921504606846976 is over 2**53 "
            "and would be rounded on its way; write it as a str"
        ),
    ),
    (
        lambda: Probe(handler=HttpGet(80), period_seconds="5"),
        WrongType,
        "Probe: period_seconds must be an int, got a str '5'; write period_seconds=5",
    ),
    (
        lambda: Probe(handler=HttpGet(80), period_seconds=2.5),
        WrongType,
        "Probe: period_seconds must be an int, got a float 2.5",
    ),
    (
        lambda: Volume("tmp", {"emptyDir": {}}),
        WrongType,
        ("Volume 'tmp': source must be a VolumeSource, got a dict; write source=EmptyDir(size_limit=\"64Mi\")"),
    ),
    (lambda: Volume(name="tmp", source=None), WrongType, "Volume 'tmp': source must be a VolumeSource, got None"),
    (lambda: Probe.http("http", path=1), WrongType, 'Probe: path must be a str, got an int 1; write path="1"'),
    (
        lambda: Volume.empty_dir("tmp", size_limit=0.5),
        WrongType,
        ("Volume 'tmp': size_limit must be a str or an int, got a float 0.5; write size_limit=\"0.5\""),
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def whole() -> Container:
    return Container(
        name="app",
        image="shop:1",
        command=["shop"],
        env={"A": "b", "P": SecretKey("es", "password")},
        ports=[8080],
        volume_mounts=[VolumeMount(volume=Volume.config_map("cfg", default_mode="0440"), mount_path="/cfg")],
    )


def test_a_value_cannot_change() -> None:
    value = EnvVar("A", "b")
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.name = "B"


def test_later_changes_to_the_users_collections_have_no_effect() -> None:
    command, env = ["a"], {"A": "b"}
    container = Container(name="app", image="a", command=command, env=env)
    command.append("x")
    env["B"] = "c"
    assert container.render() == {"name": "app", "image": "a", "command": ["a"], "env": [{"name": "A", "value": "b"}]}


def test_rendered_json_is_fresh() -> None:
    container = whole()
    first = container.render()
    first["name"] = "other"
    assert container.render()["name"] == "app"


def test_values_are_equal_and_hash_by_their_fields() -> None:
    assert whole() == whole()
    assert hash(whole()) == hash(whole())
    assert whole() != dataclasses.replace(whole(), name="web")
    assert Container(name="a", image="a", ports=[80]) == Container(name="a", image="a", ports=[ContainerPort(80)])


def test_values_of_two_classes_are_not_equal() -> None:
    assert SecretKey("es", "password") != ConfigMapKey("es", "password")
    assert SecretKey("es", "password") != {"name": "es", "key": "password"}
    assert len({SecretKey("es", "password"), ConfigMapKey("es", "password"), SecretKey("es", "password")}) == 2


def test_a_value_shows_the_fields_that_say_what_it_is() -> None:
    shown = repr(HostPath("/var/log", type="Directory", because="a node's own logs"))
    assert shown == "HostPath(extra={}, path='/var/log', type='Directory')"


def test_values_survive_replace_copy_and_pickle() -> None:
    value = whole()
    copies = [dataclasses.replace(value), copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))]
    assert all(each == value and each.render() == value.render() for each in copies)


def test_a_missing_or_unknown_argument_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'image'"):
        Container(name="app")
    with pytest.raises(TypeError, match="unexpected keyword argument 'imag'"):
        Container(name="app", image="a", imag="b")
    with pytest.raises(TypeError, match="positional argument"):
        SecretKey("a", "b", True)


def test_a_wrong_type_is_a_type_error_too() -> None:
    with pytest.raises(TypeError):
        Container(name="app", image="a", readiness_probe={})


def test_extra_fields_are_rendered_last() -> None:
    assert HttpGet(80, extra={"protocol": "HTTP2"}).render() == {"path": "/", "port": 80, "protocol": "HTTP2"}


def test_extra_fields_may_be_nested_json_and_are_frozen() -> None:
    given: JsonObject = {"bindMountOptions": ["noexec"]}
    mount = VolumeMount(volume="data", mount_path="/data", extra=given)
    given["bindMountOptions"] = []
    assert mount.render() == {"name": "data", "mountPath": "/data", "bindMountOptions": ["noexec"]}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Own(Value):
    """A value of somebody else, with annotations of several forms."""

    name: str = dataclasses.field(kw_only=False)
    ratio: float | None = None
    parts: tuple[int, ...] = ()
    more: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    anything: object = None
    body: Json = None


def test_values_of_other_modules_are_checked_as_well() -> None:
    own = Own("a", ratio=1, parts=[1, 2], more={"a": ["b"]}, anything=object, body={"a": [1, {"b": None}]})
    assert (own.parts, own.more) == ((1, 2), {"a": ("b",)})
    with pytest.raises(WrongType) as raised:
        Own("a", more={"a": "b"})
    assert str(raised.value) == "Own 'a': more['a'] must be a list of str, got a str 'b'; write ['b']"
    with pytest.raises(WrongType, match="Own 'a': ratio must be a number, got a str 'x'"):
        Own("a", ratio="x")


def users_mistakes() -> list[Callable[[], object]]:
    return [
        lambda: Container(name="app", image="a", ports=[70000]),
        lambda: Container(name="app", image="a", env={"a-b": "c"}),
        lambda: Volume.empty_dir("tmp", size_limit="64MB"),
        lambda: Volume.config_map("cfg", items={"a": "/b"}),
        lambda: HttpGet(80, extra={"protcol": 1}),
        lambda: dataclasses.replace(Container(name="app", image="a"), name="A"),
    ]


@pytest.mark.parametrize("call", users_mistakes())
def test_a_traceback_has_at_most_three_frames_of_ours(call: Callable[[], object]) -> None:
    with pytest.raises(PatternError) as raised:
        call()
    frames = traceback.extract_tb(raised.value.__traceback__)
    ours = [f for f in frames if "/patterns/" in f.filename or f.filename == "<string>"]
    assert 1 <= len(ours) <= 3
    assert raised.value.__cause__ is None and (raised.value.__context__ is None or raised.value.__suppress_context__)


def test_a_number_that_json_would_round_is_refused() -> None:
    with pytest.raises(InvalidValue) as raised:
        ResourceRequirements(limits={"memory": 2**53 + 1})
    assert str(raised.value) == (
        "ResourceRequirements: limits['memory'] must be at most 2**53, since JSON rounds larger numbers, "
        "got 9007199254740993"
    )


def test_the_users_line_is_the_last_but_one() -> None:
    with pytest.raises(PatternError) as raised:
        Container(name="app", image="a", ports=[70000])
    frames = traceback.extract_tb(raised.value.__traceback__)
    assert frames[-2].filename == __file__
    assert frames[-2].line is not None and "ports=[70000]" in frames[-2].line


def test_checks_hold_under_python_o() -> None:
    script = (
        "from patterns.errors import InvalidValue, WrongType\n"
        "from patterns.model import Container, EnvVar, Volume\n"
        "calls = lambda: Container(name='A', image='a'), lambda: EnvVar('A', 1), lambda: Volume.empty_dir('a b')\n"
        "for call in calls:\n"
        "    try:\n        call()\n    except (InvalidValue, WrongType) as error:\n        print(error.who)\n"
    )
    done = subprocess.run([sys.executable, "-O", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["Container 'A'", "EnvVar 'A'", "Volume 'a b'", ""]


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (Container(name="app", image="a", ports=[80], env={"A": "b"}), {"ports": [81], "image": "b"}),
        (Container(name="app", image="a", env={"A": "b"}), {"env": ()}),
        (EmptyDir(size_limit="1Mi"), {"extra": {}}),
        (SecurityContext(run_as_user=1), {}),
    ],
)
def test_replace_makes_what_dataclasses_make(value: Any, changes: dict[str, Any]) -> None:
    expected = dataclasses.replace(value, **changes)
    assert replace(value, **changes) == expected
    assert replace(value, **changes).render() == expected.render()


def test_replace_forgets_what_the_value_has_found_out() -> None:
    security = Security()
    before = security.container().render()
    assert replace(security, run_as_user=7).container().render() == {**before, "runAsUser": 7}


@pytest.mark.parametrize("changes", [{"image": ""}, {"image": 5}, {"extra": {"nonsense": 1}}, {"name": "A"}])
def test_replace_refuses_in_the_words_of_the_value(changes: dict[str, Any]) -> None:
    value = Container(name="app", image="a")
    with pytest.raises(PatternError) as expected:
        dataclasses.replace(value, **changes)
    with pytest.raises(type(expected.value)) as raised:
        replace(value, **changes)
    assert str(raised.value) == str(expected.value)


def test_replace_refuses_an_unknown_field_as_python_does() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'nonsense'"):
        replace(Container(name="app", image="a"), nonsense=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plain(Value):
    a: int = 5


class OwnConstructor(Plain):
    def __init__(self, a: int) -> None:
        super().__init__(a=a * 2)


@dataclasses.dataclass(frozen=True, kw_only=True)
class WithInitVar(Value):
    a: int
    b: dataclasses.InitVar[int] = 2

    def __post_init__(self, b: int) -> None:
        object.__setattr__(self, "a", self.a + b)


class OwnNew(Plain):
    def __new__(cls, a: int) -> OwnNew:
        if a < 0:
            raise InvalidValue("a must not be negative")
        return super().__new__(cls)


class SettlesNothing(Plain):
    def __post_init__(self) -> None:
        raise AssertionError("dataclasses' constructor knows nothing of it")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checked(Value):
    a: int = 5

    def check_extra(self) -> None:
        if self.a == 0:
            raise InvalidValue("a must not be 0")


def test_a_subclass_of_a_value_is_made_as_python_makes_it() -> None:
    assert (OwnConstructor(3).a, OwnConstructor(a=3).a) == (6, 6)
    assert (WithInitVar(a=1).a, WithInitVar(a=1, b=5).a) == (3, 6)
    assert OwnNew(a=1).a == 1
    assert SettlesNothing(a=1).a == 1
    assert Plain() == Plain(a=5)
    with pytest.raises(InvalidValue, match="OwnNew: a must not be negative"):
        OwnNew(a=-1)
    with pytest.raises(InvalidValue, match="Checked: a must not be 0"):
        Checked(a=0)
    with pytest.raises(InvalidValue, match="Checked: a must not be 0"):
        replace(Checked(), a=0)


def test_what_stands_in_place_is_checked_for_its_type_however_many_there_are() -> None:
    with pytest.raises(WrongType, match="name must be a str"):
        EnvVar(1, 2, 3, 4)
    with pytest.raises(TypeError, match="multiple values for argument 'name'"):
        EnvVar("A", "b", name="A")

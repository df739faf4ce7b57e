"""Equal values of this package are one object, and nobody sees a difference but by ``is``."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type, list-item"
# pyright: reportArgumentType=false

from __future__ import annotations

import dataclasses
import gc
import weakref
from collections.abc import Callable

import pytest

from patterns.errors import WrongType
from patterns.model import Container, ContainerPort, EnvVar, Sleep, Value, Volume, VolumeMount
from patterns.model.value import replace


def test_what_is_made_of_the_same_is_made_once() -> None:
    ports = [8080]
    first = Container(name="app", image="a:1", ports=ports, env={"A": "b"})
    mount = VolumeMount(volume=Volume.empty_dir("logs", size_limit="1Mi"), mount_path="/logs")
    again = VolumeMount(volume=Volume.empty_dir("logs", size_limit="1Mi"), mount_path="/logs")
    assert mount is again
    assert replace(mount, read_only=True) is replace(again, read_only=True)
    assert replace(mount, read_only=True) != mount
    # what was made of a list does not follow it
    ports.append(9090)
    assert Container(name="app", image="a:1", ports=ports) != first
    assert Container(name="app", image="a:1", ports=[8080]).ports == (ContainerPort(8080),)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (lambda: Sleep(1), lambda: Sleep(True)),
        (lambda: Sleep(1), lambda: Sleep(1.0)),
        (
            lambda: Container(name="a", image="a:1", env=[EnvVar("A", "b")]),
            lambda: Container(name="a", image="a:1", env=EnvVar("A", "b")),
        ),
        (
            lambda: Container(name="a", image="a:1", command=["sh"]),
            lambda: Container(name="a", image="a:1", command="sh"),
        ),
        (
            lambda: Container(name="a", image="a:1", ports=[1]),
            lambda: Container(name="a", image="a:1", ports=[True]),
        ),
    ],
)
def test_what_looks_like_a_value_that_was_made_is_compared_all_the_same(
    right: Callable[[], object], wrong: Callable[[], object]
) -> None:
    for _ in range(2):
        assert right() == right()
        with pytest.raises(WrongType):
            wrong()


def test_values_that_were_made_do_not_stay_for_ever() -> None:
    first = weakref.ref(EnvVar("FIRST", "of many"))
    assert first() is not None
    for number in range(2000):
        EnvVar("NUMBER", str(number))
    gc.collect()
    assert first() is None


def test_a_class_of_somebody_else_is_asked_for_each_value() -> None:
    made: list[str] = []

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Counted(Value):
        name: str

        def __post_init__(self) -> None:
            made.append(self.name)

    assert Counted(name="a") is not Counted(name="a")
    assert made == ["a", "a"]

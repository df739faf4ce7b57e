"""What users write in the annotations of their own values and constructs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable
from typing import Annotated, Any, Protocol, TypedDict

import pytest

from patterns import App, Chart, Construct, InvalidValue, Manifest, WrongType

import constructs  # isort: skip  # after patterns, which finds Node


class Named(Protocol):
    name: str


class Size(TypedDict):
    width: int


class Custom(Manifest):
    """A construct of a user's, whose option has the annotation that a test gives it."""

    def __init__(self, scope: Construct, id: str, *, option: Any) -> None:
        super().__init__(scope, id, api_version="v1", kind="ConfigMap", body={})
        self.option = option


def taken(annotation: object, value: object) -> object:
    """The option as its constructor got it."""

    class Annotating(Custom):
        def __init__(self, scope: Construct, id: str, *, option: Any) -> None:
            super().__init__(scope, id, option=option)

    Annotating.__init__.__annotations__["option"] = annotation
    return Annotating(Chart(App(), "shop"), "a", option=value).option


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Any, object()),
        (list[Any], ["a", 1]),
        (dict[str, Any], {"a": object()}),
        (Named, Named),
        (constructs.IConstruct, App()),
        (Size, Size(width=1)),
        (list[Size] | None, [Size(width=1)]),
        (Annotated[int, "in MiB"], 3),
        (Annotated[int, ["in MiB"]], 3),
        (tuple[str, int], ("a", 1)),
        (tuple[()], ()),
        (Iterable[str], {"a"}),
        (Collection[str], {"a": 1}.keys()),
        (Callable[[], int], int),
        ("in MiB", 3),
    ],
)
def test_what_the_annotation_allows_is_taken(annotation: object, value: object) -> None:
    assert taken(annotation, value) is value


@pytest.mark.parametrize(
    ("annotation", "value"),
    [(Annotated[int, "in MiB"], "3"), (Callable[[], int], 3), (tuple[str, int], "a"), (Iterable[str], 3)],
)
def test_what_it_does_not_allow_is_refused(annotation: object, value: object) -> None:
    with pytest.raises(WrongType, match="option must be"):
        taken(annotation, value)


def test_a_constructor_may_be_wrapped_in_what_is_no_function() -> None:
    class Wrapped(Custom):
        __init__ = functools.lru_cache(Custom.__init__)

    assert Wrapped(Chart(App(), "shop"), "a", option=1).option == 1


def test_an_id_may_be_made_of_what_is_no_text() -> None:
    class Shard(Manifest):
        def __init__(self, scope: Construct, id: int) -> None:
            super().__init__(scope, f"shard-{id}", api_version="v1", kind="ConfigMap", body={})

    chart = Chart(App(), "shop")
    assert Shard(chart, 3).name.startswith("shop-shard-3")
    with pytest.raises(InvalidValue, match="id must not be empty"):
        Custom(chart, "", option=1)

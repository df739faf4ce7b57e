"""A ConfigMap from text and bytes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest

from patterns import App, Chart, ConfigMap, InvalidValue
from patterns.model.json import object_at
from patterns.objects.config_map import MAX_BYTES, content_hash
from patterns.testing import synth

import cdk8s  # isort: skip  # after patterns, which finds Node


def chart() -> Chart:
    return Chart(App(), "c", disable_resource_name_hashes=True)


def test_text_and_bytes_go_where_they_belong(yaml_snapshot: object) -> None:
    c = chart()
    ConfigMap(c, "files", data={"a.txt": "text\n", "b.txt": b"more text\n", "c.bin": b"\xff\x00"}, immutable=True)
    assert synth(c) == yaml_snapshot


def test_what_is_no_text_comes_back_the_same() -> None:
    c = chart()
    raw = bytes(range(256))
    ConfigMap(c, "files", data={"x": raw})
    assert synth(c)[0]["binaryData"] == {"x": b64encode(raw).decode()}


def test_bytes_are_counted_and_not_characters() -> None:
    with pytest.raises(InvalidValue) as raised:
        ConfigMap(chart(), "files", data={"x": "é" * (MAX_BYTES // 2 + 1)})
    assert "data must not be over 1048576 bytes in all" in str(raised.value)
    assert "bake the files into an image" in str(raised.value)


def test_a_full_one_is_taken() -> None:
    ConfigMap(chart(), "files", data={"x": "a" * MAX_BYTES})


def test_a_path_is_no_key() -> None:
    with pytest.raises(InvalidValue, match="ConfigMap 'c/files': key must be"):
        ConfigMap(chart(), "files", data={"a/b": "x"})


def test_the_hash_changes_with_keys_and_contents_and_not_with_their_order() -> None:
    assert content_hash({"a": "1", "b": "2"}) == content_hash({"b": "2", "a": b"1"})
    assert len({content_hash(d) for d in ({"a": "1"}, {"a": "2"}, {"b": "1"}, {"a": "1", "b": ""}, {"a1": ""})}) == 5


def _names(c: cdk8s.Chart, **options: object) -> tuple[str, object]:
    config = ConfigMap(c, "files", data={"a": "1"}, hash_in_name=True, **options)  # type: ignore[arg-type]
    document = synth(c)[0]
    return config.name, object_at(document, "metadata")["name"]


def test_the_hash_stands_behind_a_given_and_a_generated_name(yaml_snapshot: object) -> None:
    digest = content_hash({"a": "1"})
    assert _names(chart()) == (f"c-files-{digest}", f"c-files-{digest}")
    assert _names(chart(), name="pages") == (f"pages-{digest}", f"pages-{digest}")
    assert synth(_with(chart(), hash_in_name=True)) == yaml_snapshot


def _with(c: Chart, **options: object) -> Chart:
    ConfigMap(c, "files", data={"a": "1"}, **options)  # type: ignore[arg-type]
    return c


def test_another_content_is_another_name() -> None:
    one = ConfigMap(chart(), "files", data={"a": "1"}, hash_in_name=True)
    two = ConfigMap(chart(), "files", data={"a": "2"}, hash_in_name=True)
    assert one.name != two.name


def test_immutable_may_be_chosen_beside_the_hash() -> None:
    assert synth(_with(chart(), hash_in_name=True, immutable=False))[0]["immutable"] is False


class Team(Chart):
    """A chart that names its objects itself."""

    def generate_object_name(self, api_object: cdk8s.ApiObject) -> str:
        return f"team-{api_object.node.id}"


@pytest.mark.parametrize("make", [lambda: Team(App(), "c"), lambda: Team(cdk8s.App(), "c")], ids=["own", "plain"])
def test_the_name_of_a_chart_that_names_its_objects_gets_the_hash_too(make: Callable[[], Chart]) -> None:
    expected = f"team-files-{content_hash({'a': '1'})}"
    assert _names(make()) == (expected, expected)


def test_a_plain_chart_s_name_gets_the_hash_too() -> None:
    name, rendered = _names(cdk8s.Chart(cdk8s.App(), "c"))
    assert name == rendered
    assert name.endswith(f"-{content_hash({'a': '1'})}")

"""A ConfigMap from text and bytes."""

from __future__ import annotations

from base64 import b64encode

import pytest

from patterns import App, Chart, ConfigMap, InvalidValue
from patterns.objects.config_map import MAX_BYTES, content_hash
from patterns.testing import synth


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
